import type { RealParameters } from '../encoding.js';
import { createGenes, GENE_MAX } from '../operators/genes.js';
import type { DirectGenome } from './genome.js';

/** The genes of a direct genome, in their order, each 0 … 1, as what is to be optimised. */
export const DIRECT_PARAMETERS: RealParameters<DirectGenome> = {
  count: ({ canvas, channels }) => canvas * canvas * channels,
  read: ({ genes }) => Float32Array.from(genes, (gene) => gene / GENE_MAX),
  write(values, { width, height, channels }) {
    const count = width * height * channels;
    if (values.length !== count) throw new RangeError(`expected ${count} genes, got ${values.length}`);
    const genes = createGenes(count);
    for (let i = 0; i < count; i++) genes[i] = geneOf(values[i] as number);
    return { encoding: 'direct', width, height, channels, genes };
  },
};

function geneOf(value: number): number {
  return Number.isNaN(value) ? 0 : Math.round(GENE_MAX * Math.min(1, Math.max(0, value)));
}
