import type { Drawer } from '../../protocol/drawing/drawer.js';
import { VIEW_COUNT } from '../../protocol/drawing/tensor-spec.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { Totals } from '../../protocol/wire/totals.js';
import type { Classifier } from '../classifier/classifier.js';
import { meanOfViews } from '../classifier/views.js';
import type { Offspring } from '../emitter/emitter.js';

/** An offspring that the network was shown. */
export interface Evaluated {
  readonly offspring: Offspring;
  /** The island's count with it, from 1. */
  readonly evaluation: number;
  /** For every class. */
  readonly confidences: Float32Array;
}

/** Counters while they are counted. */
export type Counting = { -readonly [Key in keyof Totals]: Totals[Key] };

/** What draws offspring and shows them to a network. It adds to the `totals`. */
export function createEvaluation(
  parts: {
    readonly spec: Pick<RunSpec, 'classes' | 'views'>;
    readonly drawer: Drawer;
    readonly classifier: Classifier;
    readonly clock: () => number;
  },
  totals: Counting,
): (offspring: readonly Offspring[]) => Promise<Evaluated[]> {
  const { spec, drawer, classifier, clock } = parts;
  const { classes, views } = spec;
  return async (offspring) => {
    const drawn = clock();
    const tensor = drawer.tensor(
      offspring.map(({ genome }) => genome),
      classifier.input,
      views,
    );
    const drew = clock();
    const rows = await classifier.classify(tensor, offspring.length * VIEW_COUNT[views]);
    totals.renderSeconds += drew - drawn;
    totals.classifySeconds += clock() - drew;
    const confidences = meanOfViews(rows, VIEW_COUNT[views], classes);
    return offspring.map((child, i) => {
      totals.evaluations++;
      return {
        offspring: child,
        evaluation: totals.evaluations,
        confidences: confidences.subarray(i * classes, (i + 1) * classes),
      };
    });
  };
}
