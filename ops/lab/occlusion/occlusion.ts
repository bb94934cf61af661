import type { Pixels } from '../../../protocol/drawing/drawer.js';

/** A square that is laid over a picture, and what the picture loses by it. */
export interface Patch {
  /** Its upper left corner. */
  readonly x: number;
  readonly y: number;
  /** The picture's confidence less the confidence with the patch on it; below 0: the patch helps. */
  readonly loss: number;
}

/** All patches of one size; those of which a coarser one showed that little lies there are left out. */
export interface Level {
  /** Pixels of a patch's side, and from one to the next. */
  readonly side: number;
  readonly stride: number;
  readonly patches: readonly Patch[];
}

export interface OcclusionOptions {
  readonly pixels: Pixels;
  /** What the network gives the picture as it is. */
  readonly confidence: number;
  /** What it gives pictures of the same size. */
  readonly score: (pictures: readonly Uint8Array[]) => Promise<number[]>;
  /** One byte a channel, for the patch. */
  readonly colour: readonly number[];
  /** Sides of the patches, descending. */
  readonly sides: readonly number[];
  /** A finer patch is tried where the coarser ones changed at least this share of what the most effective one did; 0: everywhere. */
  readonly refine: number;
  /** Pictures a call. */
  readonly batch: number;
  readonly onPatch?: (done: number, total: number) => void;
}

/** The sides of a picture's patches: a quarter, an eighth and a sixteenth of its shorter side, at least 2 pixels. */
export function sidesFor(width: number, height: number): number[] {
  const shorter = Math.min(width, height);
  return [...new Set([4, 8, 16].map((part) => Math.max(2, Math.round(shorter / part))))];
}

/**
 * Slides a patch over a picture, coarse to fine, and measures what confidence it costs (Zeiler and Fergus, "Visualizing
 * and Understanding Convolutional Networks", ECCV 2014). Patches of a size overlap by half.
 */
export async function occlude(options: OcclusionOptions): Promise<Level[]> {
  const { pixels, sides, refine } = options;
  const levels: Level[] = [];
  for (const side of sides) {
    const stride = Math.max(1, Math.floor(side / 2));
    const corners = cornersOf(pixels.width, pixels.height, side, stride);
    const last = levels.at(-1);
    const tried =
      last === undefined || refine === 0 ? corners : promising(corners, side, last, pixels, refine);
    levels.push({ side, stride, patches: await lossesOf(tried, side, options) });
  }
  return levels;
}

type Corner = Omit<Patch, 'loss'>;

/** Corners of patches so many pixels apart; the last of a row and of a column end at the border. */
export function cornersOf(width: number, height: number, side: number, stride: number): Corner[] {
  const along = (length: number) => {
    const last = Math.max(0, length - side);
    const starts = Array.from({ length: Math.ceil(last / stride) }, (_, i) => i * stride);
    return [...starts, last];
  };
  return along(height).flatMap((y) => along(width).map((x) => ({ x, y })));
}

/** Those of which a pixel lies where the coarser level found that something depends on it. */
function promising(
  corners: readonly Corner[],
  side: number,
  coarse: Level,
  { width, height }: Pixels,
  refine: number,
) {
  const map = lossMap(coarse, width, height);
  const most = map.reduce((found, loss) => (Number.isNaN(loss) ? found : Math.max(found, Math.abs(loss))), 0);
  return corners.filter(({ x, y }) => {
    for (let row = y; row < Math.min(height, y + side); row++) {
      for (let column = x; column < Math.min(width, x + side); column++) {
        if (Math.abs(map[row * width + column] ?? Number.NaN) >= refine * most) return true;
      }
    }
    return false;
  });
}

async function lossesOf(
  corners: readonly Corner[],
  side: number,
  options: OcclusionOptions,
): Promise<Patch[]> {
  const { pixels, confidence, score, colour, batch, onPatch } = options;
  const patches: Patch[] = [];
  for (let from = 0; from < corners.length; from += batch) {
    onPatch?.(from, corners.length);
    const chunk = corners.slice(from, from + batch);
    const left = await score(chunk.map((corner) => occluded(pixels, corner, side, colour)));
    chunk.forEach((corner, i) => {
      patches.push({ ...corner, loss: confidence - (left[i] ?? Number.NaN) });
    });
  }
  onPatch?.(corners.length, corners.length);
  return patches;
}

/** The picture's bytes with a square of one colour on it. */
export function occluded(
  { width, height, channels, data }: Pixels,
  { x, y }: Corner,
  side: number,
  colour: readonly number[],
): Uint8Array {
  const changed = Uint8Array.from(data);
  for (let row = y; row < Math.min(height, y + side); row++) {
    for (let column = x; column < Math.min(width, x + side); column++) {
      for (let c = 0; c < channels; c++) changed[(row * width + column) * channels + c] = colour[c] ?? 0;
    }
  }
  return changed;
}

/** For each pixel the mean loss of the patches that lie on it; NaN where none does. Shape [height, width]. */
export function lossMap({ side, patches }: Level, width: number, height: number): Float64Array {
  const sums = new Float64Array(width * height);
  const counts = new Uint32Array(width * height);
  for (const { x, y, loss } of patches) {
    for (let row = y; row < Math.min(height, y + side); row++) {
      for (let column = x; column < Math.min(width, x + side); column++) {
        const at = row * width + column;
        sums[at] = (sums[at] ?? 0) + loss;
        counts[at] = (counts[at] ?? 0) + 1;
      }
    }
  }
  return sums.map((sum, i) => sum / (counts[i] ?? 0));
}
