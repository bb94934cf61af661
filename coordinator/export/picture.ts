import type { Drawer, Pixels } from '../../protocol/drawing/drawer.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { formatOf } from '../../protocol/encodings/lookup.js';

/** Width and height in pixels, 1 … MAX_SIDE. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a network sees of a genome: where it takes grey, a colour genome's luma. */
export interface Sight extends Size {
  readonly grey: boolean;
}

/** How a picture came about: the pixels that the network saw; each of those repeated; the genome drawn again. */
export const MAKINGS = ['native', 'enlarged', 'redrawn'] as const;
export type Making = (typeof MAKINGS)[number];

/** Draws a genome as the kernel does for a network of this sight: the same bytes, before they are normalised. */
export function drawFor(drawer: Drawer, genome: Genome, { width, height, grey }: Sight): Pixels {
  const channels = formatOf(genome).channels(genome);
  if (channels === 1 || !grey) return drawer.pixels(genome, width, height);
  const spec = { layout: 'NHWC', width, height, channels: 'grey', scale: [1], offset: [0] } as const;
  return { width, height, channels: 1, data: Uint8Array.from(drawer.tensor([genome], spec, 'single')) };
}

/**
 * The same pixels on more of them, without any new colour: pixel i of n is old pixel ⌊(i + ½) · old/n⌋, so that each
 * becomes a block. By a whole factor all blocks are equal; by any other, those of a row differ in width by one pixel.
 * Throws a RangeError for a size that would lose pixels.
 */
export function enlarge(pixels: Pixels, { width, height }: Size): Pixels {
  const { channels, data } = pixels;
  if (width < pixels.width || height < pixels.height) {
    throw new RangeError(
      `expected a size of at least ${pixels.width} × ${pixels.height}, got ${width} × ${height}`,
    );
  }
  const stride = width * channels;
  const enlarged = new Uint8Array(stride * height);
  const columns = sources(width, pixels.width);
  let last = -1;
  for (const [y, from] of sources(height, pixels.height).entries()) {
    const row = y * stride;
    if (from === last) {
      enlarged.copyWithin(row, row - stride, row);
      continue;
    }
    last = from;
    let to = row;
    for (const column of columns) {
      const at = (from * pixels.width + column) * channels;
      for (let c = 0; c < channels; c++) enlarged[to++] = data[at + c] ?? 0;
    }
  }
  return { width, height, channels, data: enlarged };
}

/** For each of `count` pixels, which of `old` lies under its middle. */
function sources(count: number, old: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(((2 * i + 1) * old) / (2 * count)));
}
