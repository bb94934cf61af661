import type { Signal } from '@preact/signals';

/** How large tiles are, in CSS pixels. */
export interface Tiling {
  /** What was chosen; undefined: what fits. */
  readonly chosen: Signal<number | undefined>;
  /** What suits the window and the number of tiles. */
  readonly fitted: Signal<number>;
}
