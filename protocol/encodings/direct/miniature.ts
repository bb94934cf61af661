import { createGenes } from '../operators/genes.js';
import type { DirectGenome } from './genome.js';
import { cellUnder } from './sampling.js';

/**
 * The genes that show where a genome is drawn at `side` pixels, on its longer side: at that size both draw the same
 * picture, byte for byte. They are rounded to what a pixel shows of them. The genome itself where it is no larger.
 */
export function directMiniature(genome: DirectGenome, side: number): DirectGenome {
  const { width, height, channels, genes } = genome;
  const scale = side / Math.max(width, height);
  if (scale >= 1) return genome;
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  const small = { width: scaled(width), height: scaled(height) };
  const kept = createGenes(small.width * small.height * channels);
  let at = 0;
  for (let y = 0; y < small.height; y++) {
    const row = cellUnder(y, small.height, height) * width;
    for (let x = 0; x < small.width; x++) {
      const from = (row + cellUnder(x, small.width, width)) * channels;
      for (let c = 0; c < channels; c++) kept[at++] = rounded(genes[from + c] ?? 0);
    }
  }
  return { encoding: 'direct', ...small, channels, genes: kept };
}

/** A gene of the same pixel, ⌊gene / 257⌋, whose lower byte is 0 but for the brightest: half of it takes no room, compressed. */
function rounded(gene: number): number {
  return Math.min(0xffff, (Math.floor(gene / 257) + 1) << 8);
}
