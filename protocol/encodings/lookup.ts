import type { PaintingMaker } from '../drawing/painting/painting.js';
import type { EncodingParts, Format } from './encoding.js';
import { ENCODINGS } from './encodings.js';
import type { Encoding, Genome } from './genome.js';

/** What the paintings of all encodings need of the kernel, together. */
export type PaintingKernel = KernelOf<(typeof ENCODINGS)[Encoding]['painting']>;

/** For a union of makers the kernel that suits each of them: the intersection of theirs. */
type KernelOf<Maker> = [Maker] extends [PaintingMaker<never, infer Kernel>] ? Kernel : never;

const ALL: Readonly<Record<Encoding, EncodingParts<Genome, PaintingKernel>>> = ENCODINGS;

/** The parts of an encoding; to be asked about its own genomes alone. */
export function encodingOf(encoding: Encoding): EncodingParts<Genome, PaintingKernel> {
  return ALL[encoding];
}

/** The format of a genome. */
export function formatOf({ encoding }: Genome): Format<Genome> {
  return ALL[encoding].format;
}

/** All formats. */
export const FORMATS: readonly Format<Genome>[] = Object.values(ALL).map(({ format }) => format);
