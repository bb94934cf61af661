import type { ForwardPasses } from '../../protocol/spec/forward-passes.js';
import type { Totals } from '../../protocol/wire/totals.js';
import type { Offspring } from '../emitter/emitter.js';
import type { Scorer } from '../scorer.js';

/** An offspring that the network was shown. */
export interface Evaluated {
  readonly offspring: Offspring;
  /** The island's count with it, from 1. */
  readonly evaluation: number;
  /** The island's forward passes with it. */
  readonly spent: number;
  /** For every class. */
  readonly confidences: Float32Array;
  /** Forward passes. */
  readonly cost: number;
  /** Of −log of the confidence in the class that it goes `towards`, where it goes towards one. */
  readonly gradient?: Float32Array;
}

/** Counters while they are counted. */
export type Counting = { -readonly [Key in keyof Totals]: Totals[Key] };

/** What has offspring scored, with a gradient where they go towards a class. It adds to the `totals`. */
export function createEvaluation(
  parts: {
    readonly scorer: Scorer;
    readonly passes: ForwardPasses;
  },
  totals: Counting,
): (offspring: readonly Offspring[]) => Promise<Evaluated[]> {
  const { scorer, passes } = parts;
  const { classes } = scorer;
  const [rendered, classified] = [totals.renderSeconds, totals.classifySeconds];
  const rowOf = (rows: Float32Array, i: number) => rows.subarray(i * classes, (i + 1) * classes);

  async function score(offspring: readonly Offspring[]): Promise<Scored[]> {
    if (offspring.length === 0) return [];
    const rows = await scorer.score(offspring.map(({ genome }) => genome));
    return offspring.map((_, i) => ({ confidences: rowOf(rows, i), cost: passes.plain }));
  }

  async function scoreTowards(offspring: readonly Offspring[]): Promise<Scored[]> {
    if (offspring.length === 0) return [];
    if (scorer.gradient === undefined) throw new Error('an offspring asks for a gradient that nothing gives');
    const genomes = offspring.map(({ genome }) => genome);
    const { confidences, gradients } = await scorer.gradient(
      genomes,
      offspring.map(({ towards }) => towards ?? 0),
    );
    return offspring.map((_, i) => {
      const gradient = gradients[i];
      return { confidences: rowOf(confidences, i), cost: passes.gradient, ...(gradient && { gradient }) };
    });
  }

  return async (offspring) => {
    const plain = await score(offspring.filter(({ towards }) => towards === undefined));
    const towards = await scoreTowards(offspring.filter((child) => child.towards !== undefined));
    totals.renderSeconds = rendered + scorer.spent.render;
    totals.classifySeconds = classified + scorer.spent.classify;
    return offspring.map((child) => {
      const scored = (child.towards === undefined ? plain : towards).shift();
      if (scored === undefined) throw new RangeError('a scorer left an offspring out');
      totals.evaluations++;
      totals.cost += scored.cost;
      return { offspring: child, evaluation: totals.evaluations, spent: totals.cost, ...scored };
    });
  };
}

type Scored = Pick<Evaluated, 'confidences' | 'cost' | 'gradient'>;
