import type { Genome } from '../encodings/genome.js';
import { formatOf } from '../encodings/lookup.js';
import type { Drawer, Pixels } from './drawer.js';

/** Width and height in pixels, 1 … MAX_SIDE. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a network sees a genome: its size, and whether in grey (a colour genome's luma). */
export interface Sight extends Size {
  readonly grey: boolean;
}

/** Draws a genome as the kernel does for a network of this sight: the same bytes, before they are normalised. */
export function drawFor(drawer: Drawer, genome: Genome, { width, height, grey }: Sight): Pixels {
  const channels = formatOf(genome).channels(genome);
  if (channels === 1 || !grey) return drawer.pixels(genome, width, height);
  const spec = { layout: 'NHWC', width, height, channels: 'grey', scale: [1], offset: [0] } as const;
  return { width, height, channels: 1, data: Uint8Array.from(drawer.tensor([genome], spec, 'single')) };
}
