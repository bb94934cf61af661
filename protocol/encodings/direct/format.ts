import { atoll } from '../../wire/generated/atoll.js';
import type { Format } from '../encoding.js';
import { InvalidGenomeError } from '../faults.js';
import { oneOrThree, parse } from '../member.js';
import { createGenes } from '../operators/genes.js';
import { directBytes } from './bytes.js';
import { directFault } from './fault.js';
import { DIRECT_LIMITS, type DirectGenome } from './genome.js';
import { directMiniature } from './miniature.js';

/** Room for all tags, lengths and scalar fields of a genome. */
const HEADER = 64;

/** How direct genomes are written, checked, described and kept. */
export const DIRECT_FORMAT: Format<DirectGenome> = {
  field: 2,
  maxBytes: HEADER + DIRECT_LIMITS.samples * Uint16Array.BYTES_PER_ELEMENT,
  // Hundreds of kilobytes each.
  keeping: { superseded: 'digest', archived: 'store', bytes: false },
  encode: directBytes,
  decode(member) {
    const { width, height, channels, genes } = parse(member, (reader) => atoll.Direct.decode(reader));
    return {
      encoding: 'direct',
      width: width ?? 0,
      height: height ?? 0,
      channels: oneOrThree(channels),
      genes: genesOf(genes ?? new Uint8Array(0)),
    };
  },
  fault: directFault,
  misfit({ width, height, channels }, run) {
    if (width !== run.canvas || height !== run.canvas)
      return `its canvas is ${width}, but the run's is ${run.canvas}`;
    if (channels !== run.channels) return `it has ${channels} channels, but the run has ${run.channels}`;
    return undefined;
  },
  channels: ({ channels }) => channels,
  describe: () => ({}),
  miniature: directMiniature,
  commonSize: (run) => directBytes(blank(run.canvas, run.channels)).length,
  largestSize: ({ canvas, channels }) => HEADER + canvas * canvas * channels * Uint16Array.BYTES_PER_ELEMENT,
  defaults: ({ side, small, views }) => ({
    // Under a single view one gene a network pixel, so that none is wasted.
    canvas: small || views === 'single' ? side : 256,
    // PAPER: 200 on MNIST and on ImageNet.
    generation: 200,
    // An elite that the next one supersedes is not worth sending.
    interval: 50,
  }),
};

function blank(side: number, channels: 1 | 3): DirectGenome {
  return {
    encoding: 'direct',
    width: side,
    height: side,
    channels,
    genes: createGenes(side * side * channels),
  };
}

/** Little-endian, two bytes each: every machine that Node and WebAssembly's SIMD run on is little-endian. */
function genesOf(bytes: Uint8Array): Uint16Array {
  if (bytes.length % 2 !== 0) throw new InvalidGenomeError('gene-length');
  const genes = createGenes(bytes.length / 2);
  new Uint8Array(genes.buffer, genes.byteOffset, genes.byteLength).set(bytes);
  return genes;
}
