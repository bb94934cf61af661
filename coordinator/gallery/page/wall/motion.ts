/** How tiles glide from where they were to where they belong. Places are CSS pixels of the wall. */
export interface Motion {
  /** Begins a new movement at `now`: `tell` keeps where every tile is in the view, from the view's top. */
  start(now: number, tell: (keep: (tile: number, x: number, y: number, side: number) => void) => void): void;
  /** How far the view is scrolled when the movement begins. */
  shift(scrolled: number): void;
  stop(): void;
  moving(now: number): boolean;
  /** Where a tile is now that belongs to x, y with that side. */
  at(tile: number, x: number, y: number, side: number, now: number): { x: number; y: number; side: number };
}

const GLIDE_MS = 320;

/** `still`: nothing glides; each tile is where it belongs. */
export function createMotion(tiles: number, still: boolean): Motion {
  const fromX = new Float32Array(tiles);
  const fromY = new Float32Array(tiles);
  const fromSide = new Float32Array(tiles);
  let began = Number.NEGATIVE_INFINITY;
  let scrolledTo = 0;

  const progress = (now: number) => (now - began) / GLIDE_MS;

  return {
    start(now, tell) {
      if (still) return;
      const x = new Float32Array(tiles);
      const y = new Float32Array(tiles);
      const sides = new Float32Array(tiles);
      tell((tile, tileX, tileY, side) => {
        x[tile] = tileX;
        y[tile] = tileY;
        sides[tile] = side;
      });
      fromX.set(x);
      fromY.set(y);
      fromSide.set(sides);
      began = now;
    },
    shift(scrolled) {
      scrolledTo = scrolled;
    },
    stop() {
      began = Number.NEGATIVE_INFINITY;
    },
    moving: (now) => progress(now) < 1,
    at(tile, x, y, side, now) {
      const part = progress(now);
      const from = fromSide[tile] ?? 0;
      // A tile that was not there before has nowhere to come from.
      if (part >= 1 || from === 0) return { x, y, side };
      const eased = 1 - (1 - Math.max(0, part)) ** 3;
      const mix = (a: number, b: number) => a + (b - a) * eased;
      return {
        x: mix(fromX[tile] ?? x, x),
        y: mix((fromY[tile] ?? 0) + scrolledTo, y),
        side: mix(from, side),
      };
    },
  };
}
