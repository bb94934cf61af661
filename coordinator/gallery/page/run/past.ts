import { type Signal, signal } from '@preact/signals';
import { askJson } from '../api.js';
import type { CurvePoint } from '../views.js';
import { extended } from './curve.js';

/** The curve of a run: what had been before the page was opened, and what it saw since. */
export interface Past {
  readonly curve: Signal<readonly CurvePoint[]>;
  /** Asks for the whole run's anew; where there is no answer, the curve begins with what the page sees. */
  load(): Promise<void>;
  /** What is so now. */
  add(point: CurvePoint): void;
}

export function createPast(base: string): Past {
  const curve = signal<readonly CurvePoint[]>([]);
  let loading = 0;
  return {
    curve,
    async load() {
      loading++;
      try {
        const { points } = await askJson<{ readonly points: readonly CurvePoint[] }>(`${base}/api/curve`);
        curve.value = points;
      } catch {
        // The rest of the page is worth showing without it.
      } finally {
        loading--;
      }
    },
    add(point) {
      if (loading === 0) curve.value = extended(curve.value, point);
    },
  };
}
