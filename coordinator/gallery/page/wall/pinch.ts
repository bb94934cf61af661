/** Two fingers at the beginning: how far apart they were, and how wide a tile was, in CSS pixels. */
export interface Pinch {
  readonly side: number;
  readonly distance: number;
}

/** Fingers so near to each other tell nothing of a proportion. */
const NEAREST = 16;

/** The width of a tile when the fingers are so far apart. */
export function pinchedTo({ side, distance }: Pinch, now: number): number {
  return (side * Math.max(NEAREST, now)) / Math.max(NEAREST, distance);
}
