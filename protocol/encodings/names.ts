/**
 * The names of all encodings, as a spec and the command line have them. They are apart from the encodings themselves
 * (encodings.ts), so that a command knows its choices before anything else is loaded.
 */
export const ENCODING_NAMES = ['cppn', 'direct', 'dense'] as const;
export type Encoding = (typeof ENCODING_NAMES)[number];

export function isEncoding(name: string): name is Encoding {
  return ENCODING_NAMES.some((known) => known === name);
}

/** What a run evolves unless its spec says otherwise. */
export const DEFAULT_ENCODING: Encoding = 'cppn';
/** Its genomes hold any picture. */
export const PICTURE_ENCODING: Encoding = 'direct';
/** Its genomes are so many real numbers, which gradients can lead. */
export const PARAMETRIC_ENCODING: Encoding = 'dense';
