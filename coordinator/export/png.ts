import type { Drawer, Pixels } from '../../protocol/drawing/drawer.js';
import type { Genome } from '../../protocol/encodings/genome.js';

/** A PNG of exactly these bytes: 8 bits, grey or RGB as they are, without a colour profile. */
export async function encodePng({ width, height, channels, data }: Pixels): Promise<Buffer> {
  // It takes long to load, and a coordinator that is started again should not wait for it.
  const { default: sharp } = await import('sharp');
  const picture = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  // Sharp writes grey as RGB unless it is told not to.
  return picture
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();
}

/** What a genome draws on `size` by `size` pixels, as a PNG. */
export function drawImage(drawer: Drawer, genome: Genome, size: number): Promise<Buffer> {
  return encodePng(drawer.pixels(genome, size, size));
}
