import type { Spent } from '../../protocol/wire/totals.js';
import type { StoreReader } from '../store/store.js';
import { type Curve, type CurvePoint, createCurve } from './curve.js';

/** The curve of a run from its beginning; what was read of the store once is not read again. */
export interface RunCurve {
  points(): Promise<CurvePoint[]>;
}

/** Read between two turns of the event loop: a few milliseconds. */
const CHUNK = 2000;

export function createRunCurve(parts: {
  readonly store: Pick<StoreReader, 'jumpsAfter' | 'labels'>;
  /** By the whole run, so far. */
  readonly spent: () => Spent;
  readonly most: number;
}): RunCurve {
  const { store, spent, most } = parts;
  let curve: Curve | undefined;
  let lastId = 0;
  let reading: Promise<Curve> | undefined;

  async function catchUp(): Promise<Curve> {
    curve ??= createCurve(store.labels.length, most, spent().evaluations);
    for (;;) {
      const jumps = store.jumpsAfter(lastId, CHUNK);
      for (const jump of jumps) curve.add(jump);
      lastId = jumps.at(-1)?.id ?? lastId;
      if (jumps.length < CHUNK) return curve;
      // A long history is read without holding up the run.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    async points() {
      reading ??= catchUp().finally(() => {
        reading = undefined;
      });
      return (await reading).points(spent());
    },
  };
}
