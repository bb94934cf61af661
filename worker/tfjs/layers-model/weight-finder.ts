import type { Weight } from './weights.js';

/** A layer that looks for its weights. */
export interface WeightOwner {
  /** Undefined where the topology gives it none. */
  readonly name: string | undefined;
  /** The names of the models that it lies in, the outermost first. */
  readonly path: readonly string[];
}

/** Finds the weights of layers, each of which is given once. */
export interface WeightFinder {
  /**
   * The weight of `owner` that is called one of `names` and comes at place `index` among all of its weights; of several
   * that could be meant, one of `shape`. Its shape may be another; undefined: there is none.
   */
  find(
    owner: WeightOwner,
    names: readonly string[],
    index: number,
    shape: readonly number[],
  ): Weight | undefined;
}

/** Folders of Keras 3's own format, which stand between a layer's name and its weights. */
const FOLDERS = new Set([
  'vars',
  'layers',
  '_layer_checkpoint_dependencies',
  'layer_checkpoint_dependencies',
]);

/**
 * Looks weights up as TensorFlow.js does, and where exporters call them otherwise than TensorFlow.js wants. In turn:
 * `layer/kernel`; `layer/cell/kernel` (TensorFlow ≥ 2.2); `layer/0`, by their place; `model/layer/kernel` (Keras 3 writes
 * the path to a layer). A manifest of bare names (`kernel`, `bias`, …) and layers without a name go by order.
 */
export function weightFinder(weights: readonly Weight[]): WeightFinder {
  const entries = weights.map((weight) => {
    const parts = partsOf(weight.name);
    const last = parts.at(-1) ?? '';
    const withoutCell = [...parts.slice(0, -2), last].join('/');
    return { weight, parts, last, full: parts.join('/'), withoutCell, taken: false };
  });
  type NamedWeight = (typeof entries)[number];

  return {
    find(owner, names, index, shape) {
      const fits = ({ weight }: NamedWeight) => String(weight.shape) === String(shape);
      for (const candidates of candidatesFor(owner, names, index)) {
        const near = nearest(candidates, owner.path);
        const free = near.filter((entry) => !entry.taken);
        const found = free.find(fits) ?? near.find(fits) ?? near[0];
        if (found === undefined) continue;
        found.taken = true;
        return found.weight;
      }
      return undefined;
    },
  };

  /** What could be meant, the likeliest first. */
  function* candidatesFor(
    { name }: WeightOwner,
    names: readonly string[],
    index: number,
  ): Generator<readonly NamedWeight[]> {
    const bare = () => entries.filter(({ full, taken }) => names.includes(full) && !taken);
    if (name === undefined) {
      yield bare();
      yield entries.filter(({ last, taken }) => names.includes(last) && !taken);
      return;
    }
    const called = names.map((each) => `${name}/${each}`);
    const owned = (tail: string) => entries.filter(({ full }) => `/${full}`.endsWith(`/${name}/${tail}`));
    yield entries.filter(({ full }) => called.includes(full));
    yield entries.filter(({ withoutCell }) => called.includes(withoutCell));
    yield owned(String(index));
    yield names.flatMap(owned);
    yield bare();
  }

  /** The weights whose names share most with the path to the layer. */
  function nearest(candidates: readonly NamedWeight[], path: readonly string[]): readonly NamedWeight[] {
    if (candidates.length < 2) return candidates;
    const shared = candidates.map(({ parts }) => path.filter((name) => parts.includes(name)).length);
    const most = Math.max(...shared);
    return candidates.filter((_, i) => shared[i] === most);
  }
}

/** The parts of a weight's name: without TensorFlow's `:0` and the folders of Keras 3. */
function partsOf(name: string): string[] {
  return name
    .replace(/:\d+$/, '')
    .split('/')
    .filter((part) => !FOLDERS.has(part));
}
