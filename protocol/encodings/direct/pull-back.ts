import type { PullBack, PullBackParts } from '../../drawing/painting/pull-back.js';
import { GENE_MAX } from '../operators/genes.js';
import type { DirectGenome } from './genome.js';
import type { DirectKernel } from './painting.js';
import { cellUnder } from './sampling.js';

/** A byte, before it is truncated, of a gene of 0 … 1. */
const FULL = 255;

/** Takes gradients by what direct genomes draw back to their genes: what a pixel shows is the gene under it. */
export function createDirectPullBack({
  arena,
  kernel,
  width,
  height,
}: PullBackParts<DirectKernel>): PullBack<DirectGenome> {
  const pixels = width * height;
  /** Pixels of a plane in the kernel's memory: whole vectors. */
  const plane = Math.ceil(pixels / 4) * 4;

  /** Of every pixel of a picture the first of the genes under it. */
  function firstGenes({ width: cellsWide, height: cellsHigh, channels }: DirectGenome): Uint32Array {
    const columns = Uint32Array.from({ length: width }, (_, x) => cellUnder(x, width, cellsWide) * channels);
    const first = new Uint32Array(pixels);
    for (let y = 0; y < height; y++) {
      const row = cellUnder(y, height, cellsHigh) * cellsWide * channels;
      for (let x = 0; x < width; x++) first[y * width + x] = row + (columns[x] as number);
    }
    return first;
  }

  /** The gradient by hue, lightness and saturation as bytes: planes in the kernel's memory, `plane` floats each. */
  function byHls(genes: Uint16Array, first: Uint32Array, slope: Float32Array): Float32Array {
    const valuesAt = arena.take(3 * plane * 4);
    const slopesAt = arena.take(3 * plane * 4);
    const values = arena.f32.subarray(valuesAt / 4, valuesAt / 4 + 3 * plane);
    const slopes = arena.f32.subarray(slopesAt / 4, slopesAt / 4 + 3 * plane);
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < pixels; i++) {
        values[c * plane + i] = ((genes[(first[i] as number) + c] as number) * FULL) / GENE_MAX;
      }
      slopes.set(slope.subarray(c * pixels, (c + 1) * pixels), c * plane);
    }
    kernel.hlsSlope(valuesAt, slopesAt, plane * 4);
    return slopes;
  }

  return {
    pull(genome, slope) {
      const { channels, genes } = genome;
      const first = firstGenes(genome);
      const gradient = new Float32Array(genes.length);
      const mark = arena.mark();
      const [slopes, step] = channels === 3 ? [byHls(genes, first, slope), plane] : [slope, pixels];
      for (let c = 0; c < channels; c++) {
        for (let i = 0; i < pixels; i++) {
          const gene = (first[i] as number) + c;
          gradient[gene] = (gradient[gene] as number) + FULL * (slopes[c * step + i] as number);
        }
      }
      arena.release(mark);
      return gradient;
    },
  };
}
