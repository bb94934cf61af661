import { counted, product } from '../../shapes/list.js';
import type { Window } from '../../shapes/window.js';

/** The lowest number of float32: it is the largest of no window. */
export const LOWEST = -3.4028234663852886e38;

/** What a MaxPool took and gave, and what it gets back. */
export interface Pooled {
  /** What was pooled: [N, channels, …size]. */
  readonly image: string;
  /** The largest number of each window: [N, channels, …steps]. */
  readonly largest: string;
  /** What each window passes back, in the shape of `largest`. */
  readonly gradient: string;
  readonly channels: number;
  /** It moves alike along two axes. */
  readonly window: Window;
}

/** The row and the column of each of a window's numbers from its corner, in the order in which a MaxPool looks at them. */
export function offsetsOf({ kernel, dilations }: Window): (readonly [number, number])[] {
  const [columns = 1, dilation = 1] = [kernel[1], dilations[0]];
  return counted(product(kernel)).map((k) => [Math.floor(k / columns) * dilation, (k % columns) * dilation]);
}
