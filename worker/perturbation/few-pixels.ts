import type { RandomStream } from '../../protocol/base/random.js';
import type { Classifier } from '../classifier/classifier.js';
import { clampLevel, inputMap, type Planes, tensorOfLevels } from '../pixels/planes.js';
import { type Attempt, isTop } from './aim.js';

/** The weight of a difference of two candidates: the authors'. */
const WEIGHT = 0.5;

/** Changes of a few pixels, one after the other: x, y (0 … 1 across the picture) and a level (0 … 1) for each channel. */
type Candidate = Float64Array;

/**
 * Looks for a picture of another class that differs in a few pixels alone, without a gradient: differential evolution
 * over places and colours (Su, Vargas, Sakurai, IEEE Transactions on Evolutionary Computation, 2019). A child is one
 * candidate plus half the difference of two others, and replaces its predecessor where the class wanted is more
 * confident. Ends when that class is at the top, or all looks are used.
 */
export async function changeFewPixels(parts: {
  readonly network: Pick<Classifier, 'input' | 'classify' | 'batch'>;
  readonly picture: Planes;
  readonly classId: number;
  /** Pixels that may change: at least 1. */
  readonly pixels: number;
  /** Candidates of a generation: at least 4. */
  readonly population: number;
  /** Pictures that the network is shown at the most. */
  readonly looks: number;
  readonly random: RandomStream;
}): Promise<Attempt> {
  const { network, picture, classId, pixels, population, looks, random } = parts;
  const map = inputMap(network.input);
  const length = pixels * (2 + picture.channels);
  let used = 0;
  let best: Attempt | undefined;

  async function lookAt(candidates: readonly Candidate[]): Promise<number[]> {
    const found: number[] = [];
    for (let start = 0; start < candidates.length; start += network.batch) {
      const some = candidates.slice(start, start + network.batch).map((each) => painted(picture, each));
      const tensor = new Float32Array(some.length * map.from.length);
      for (const [i, { levels }] of some.entries())
        tensor.set(tensorOfLevels(levels, map), i * map.from.length);
      const rows = await network.classify(tensor, some.length);
      const classes = rows.length / some.length;
      for (const [i, planes] of some.entries()) {
        used++;
        const confidences = rows.slice(i * classes, (i + 1) * classes);
        const confidence = confidences[classId] ?? 0;
        found.push(confidence);
        if (best === undefined || confidence > (best.confidences[classId] ?? 0)) {
          best = { planes, confidences, reached: isTop(confidences, classId), looks: used };
        }
      }
    }
    return found;
  }

  let candidates: Candidate[] = Array.from({ length: population }, () =>
    Float64Array.from({ length }, () => random.uniform()),
  );
  let confidences = await lookAt(candidates);
  while (!best?.reached && used + population <= looks) {
    const children = candidates.map(() => childOf(candidates, random));
    const theirs = await lookAt(children);
    candidates = candidates.map((each, i) =>
      (theirs[i] ?? 0) > (confidences[i] ?? 0) ? (children[i] ?? each) : each,
    );
    confidences = confidences.map((each, i) => Math.max(each, theirs[i] ?? 0));
  }
  if (best === undefined) throw new RangeError(`expected at least one candidate, got ${population}`);
  return { ...best, looks: used };
}

function childOf(candidates: readonly Candidate[], random: RandomStream): Candidate {
  const drawn = () => candidates[random.below(candidates.length)] ?? new Float64Array();
  const [base, one, other] = [drawn(), drawn(), drawn()];
  return base.map((value, i) => {
    const moved = value + WEIGHT * ((one[i] ?? 0) - (other[i] ?? 0));
    // One that leaves the picture is drawn anew, so that none heaps up on its edges.
    return moved >= 0 && moved < 1 ? moved : random.uniform();
  });
}

function painted(picture: Planes, candidate: Candidate): Planes {
  const { width, height, channels } = picture;
  const levels = picture.levels.slice();
  for (let start = 0; start < candidate.length; start += 2 + channels) {
    const x = Math.floor((candidate[start] ?? 0) * width);
    const y = Math.floor((candidate[start + 1] ?? 0) * height);
    for (let c = 0; c < channels; c++) {
      levels[(c * height + y) * width + x] = clampLevel(Math.floor(256 * (candidate[start + 2 + c] ?? 0)));
    }
  }
  return { ...picture, levels };
}
