import type { Elite } from '../../../protocol/archive/elite.js';
import { InterruptedError } from '../../../protocol/base/errors.js';
import type { RandomStream } from '../../../protocol/base/random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { drawFor } from '../../../protocol/drawing/sight.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import type { Encoding } from '../../../protocol/encodings/names.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { evolve } from '../../library/evolve.js';

export interface EvolvedImages {
  /** For each seed, the confidence of the elite of every class but the last; 0 of an empty cell. */
  readonly confidences: readonly (readonly number[])[];
  /** Bytes of the images that fooled the network, as it saw them. */
  readonly images: readonly Uint8Array[];
}

export interface EvolutionRequest {
  readonly classifier: Classifier;
  readonly encoding: Encoding;
  readonly seeds: readonly number[];
  /** Of each seed. */
  readonly evaluations: number;
  /** At most so many images are kept. */
  readonly keep: number;
  /** Chooses among those that fooled the network on the way. */
  readonly random: RandomStream;
  readonly onEvaluation?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** An image fools a network that is surer of the class than of all others together. */
const FOOLED = 0.5;

/**
 * Evolves images for a network whose last class is that of evolved images, once a seed. Kept are the elites of all other
 * classes, and of the images that held a cell on the way, and fooled the network, as many as may be, drawn at random.
 */
export async function evolveImages(request: EvolutionRequest): Promise<EvolvedImages> {
  const { classifier, encoding, seeds, evaluations, keep, random, signal } = request;
  const evolved = classifier.classes - 1;
  const confidences: number[][] = [];
  const elites = new Map<string, Genome>();
  const others = new Map<string, Genome>();
  for (const [i, seed] of seeds.entries()) {
    const evolution = evolve({
      classifier,
      encoding,
      seed,
      budget: { evaluations, minutes: 0, targetMedian: 0 },
      ...(signal && { signal }),
    });
    for await (const { totals, won } of evolution) {
      for (const elite of won)
        if (fools(elite, evolved)) others.set(elite.candidate.digest, elite.candidate.genome);
      request.onEvaluation?.(i * evaluations + totals.evaluations, seeds.length * evaluations);
    }
    if (signal?.aborted) throw new InterruptedError('Interrupted. The rounds that are done are kept.');
    confidences.push([...evolution.archive.confidences.subarray(0, evolved)].map(shortest));
    for (const { classId, candidate } of evolution.archive.elites()) {
      if (classId !== evolved) elites.set(candidate.digest, candidate.genome);
    }
  }
  for (const digest of elites.keys()) others.delete(digest);
  const rest = [...others.values()];
  const chosen = [...elites.values()].slice(0, keep);
  while (chosen.length < keep && rest.length > 0) {
    const [genome] = rest.splice(random.below(rest.length), 1);
    if (genome !== undefined) chosen.push(genome);
  }
  const { width, height, channels } = classifier.input;
  const drawer = loadDrawer();
  const images = chosen.map((genome) =>
    Uint8Array.from(drawFor(drawer, genome, { width, height, grey: channels === 'grey' }).data),
  );
  return { confidences, images };
}

function fools({ classId, confidence }: Elite, evolved: number): boolean {
  return classId !== evolved && confidence > FOOLED;
}

/** A single-precision number in as few digits as tell it from its neighbours; at most 1, whatever rounding did. */
function shortest(value: number): number {
  return Math.min(1, Math.max(0, Number(value.toPrecision(9))));
}
