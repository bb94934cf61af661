import { setImmediate } from 'node:timers/promises';
import { budgetReached } from '../../coordinator/life/budget.js';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { type ArchiveSummary, summarise } from '../../protocol/archive/summary.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { channelCount } from '../../protocol/drawing/tensor-spec.js';
import { fillSpec } from '../../protocol/spec/fill-spec.js';
import { checkSpecInput, type RunSpec, type RunSpecInput } from '../../protocol/spec/run-spec.js';
import type { Totals } from '../../protocol/wire/totals.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { constrained } from '../../worker/constraints/constrained-classifier.js';
import type { EmitterMaker } from '../../worker/emitter/emitter.js';
import { emitterFor } from '../../worker/emitter/emitters.js';
import { createIsland } from '../../worker/island/island.js';
import { scorerFor } from '../../worker/scorer-for.js';

/** The keys of a run's spec that one island in one process has; the README says what they mean. */
type EvolveSpec = Pick<RunSpecInput, 'encoding' | 'preset' | 'views' | 'batch' | 'evolution' | 'budget'>;

export interface EvolveOptions extends EvolveSpec {
  /** Scores the images. The caller opens it, and closes it afterwards. */
  readonly classifier: Classifier;
  /** Of every random choice: a whole number from 0. */
  readonly seed: number;
  /** Makes the emitter; default: what `evolution.emitters` names. */
  readonly emitter?: EmitterMaker;
  /** Ends the evolution after the step that is under way when it is aborted. */
  readonly signal?: AbortSignal;
  /** Seconds, monotone: for `budget.minutes` and the times in the counters. Default: the machine's clock. */
  readonly clock?: () => number;
}

/** The state after one step: a batch of evaluations, or a generation where the spec says so. */
export interface Progress {
  /** Counters since the beginning: evaluations, generations, jumps and the like. */
  readonly totals: Totals;
  /** The elites that won a cell in this step, in the order of winning; some of them may have lost it again. */
  readonly won: readonly Elite[];
  /** Coverage, median and the like. Computed when it is read: it sorts the confidences of all classes. */
  readonly summary: ArchiveSummary;
}

/** Evolves only while it is iterated: a loop that is left can be taken up again by another. */
export interface Evolution extends AsyncIterable<Progress> {
  /** The archive as it is; it grows with each step. */
  readonly archive: Archive;
  /** What was evolved with, every default filled in. */
  readonly spec: Pick<RunSpec, 'seed' | 'classes' | 'canvas' | 'channels' | keyof EvolveSpec>;
}

/**
 * Evolves one island in this process, until a limit of the budget is reached; without a budget a small network gets
 * 100,000 evaluations, any other the paper's 2,000,800. The same seed, classifier and options give the same archive,
 * byte for byte: that of `atoll up --islands 1` with this seed. `budget.minutes` is the exception.
 *
 * Throws a {@link BadInputError} for an unknown or impossible option. The iteration rejects when the classifier or the
 * emitter fails, and the evolution cannot be taken up again then.
 *
 * @example
 * await using classifier = await openClassifier('digits');
 * const evolution = evolve({ classifier, seed: 1, budget: { evaluations: 2000 } });
 * for await (const { totals, summary } of evolution) console.log(totals.evaluations, summary.median);
 * for (const { classId, confidence } of evolution.archive.elites()) console.log(classId, confidence);
 */
export function evolve(options: EvolveOptions): Evolution {
  const { classifier, emitter, signal, clock = () => performance.now() / 1000, ...input } = options;
  const spec = specFor(classifier, input);
  const island = createIsland({
    island: 0,
    spec,
    random: randomFrom(spec.seed, 'island', 0),
    scorer: scorerFor(spec, {
      drawer: loadDrawer(),
      classifier: constrained(classifier, spec.evolution.constraints),
      clock,
    }),
    emitter: emitter ?? emitterFor(spec),
  });
  const { archive } = island;
  const summary = () => summarise(archive.confidences, archive.filled);
  let began: number | undefined;

  async function step(): Promise<IteratorResult<Progress, undefined>> {
    if (began === undefined) {
      await classifier.warmup();
      began = clock();
    }
    // A classifier that answers without leaving the thread would make an abort impossible.
    await setImmediate();
    const { evaluations, cost } = island.totals;
    const progress = { evaluations, cost, minutes: (clock() - began) / 60, median: () => summary().median };
    if (signal?.aborted || budgetReached(spec.budget, progress)) return { done: true, value: undefined };
    const { budget } = spec;
    const won = await island.step({
      evaluations: (budget.evaluations || Number.POSITIVE_INFINITY) - evaluations,
      cost: (budget.cost || Number.POSITIVE_INFINITY) - cost,
    });
    return { done: false, value: progressOf(island.totals, won, summary) };
  }

  // One step at a time, however many callers ask: an island is one population.
  let last: Promise<unknown> = Promise.resolve();
  const next = () => {
    const mine = last.then(step);
    last = mine;
    return mine;
  };
  return { archive, spec, [Symbol.asyncIterator]: () => ({ next }) };
}

function progressOf(totals: Totals, won: readonly Elite[], summary: () => ArchiveSummary): Progress {
  return {
    totals,
    won,
    get summary() {
      return summary();
    },
  };
}

function specFor(
  { digest, classes, batch, input }: Classifier,
  given: EvolveSpec & { seed: number },
): RunSpec {
  return fillSpec(
    { ...checkSpecInput(given), seed: given.seed, name: 'library', model: digest },
    {
      digest,
      classes,
      batch,
      side: Math.max(input.width, input.height),
      channels: channelCount(input.channels),
    },
  );
}
