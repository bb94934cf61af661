import type { Pixels } from '../../drawing/drawer.js';
import { createGenes } from '../operators/genes.js';
import type { DirectGenome } from './genome.js';
import { createNearestHls } from './hls.js';

/** A gene that draws exactly this byte: trunc(255 · gene / 65535). */
const GENE_OF_BYTE = 257;

const nearestHls = createNearestHls();

/**
 * The direct genome that draws a picture as nearly as it can: grey exactly, colours to the nearest of those that 8 bits of
 * hue, lightness and saturation have.
 */
export function directOfPicture({ width, height, channels, data }: Pixels): DirectGenome {
  const genes = createGenes(width * height * channels);
  for (let at = 0; at < genes.length; at += channels) {
    if (channels === 1) {
      genes[at] = (data[at] ?? 0) * GENE_OF_BYTE;
      continue;
    }
    const hls = nearestHls(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    genes[at] = (hls >> 16) * GENE_OF_BYTE;
    genes[at + 1] = ((hls >> 8) & 255) * GENE_OF_BYTE;
    genes[at + 2] = (hls & 255) * GENE_OF_BYTE;
  }
  return { encoding: 'direct', width, height, channels, genes };
}
