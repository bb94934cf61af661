import type { ENCODINGS } from './encodings.js';
import type { Encoding } from './names.js';

export type { Encoding };

/** The inherited part of an image. A genome is immutable: variation returns new ones. */
export type Genome = ReturnType<(typeof ENCODINGS)[Encoding]['variation']['random']>;

/** SHA-256 of a genome's canonical bytes, as 64 lower-case hexadecimal digits. */
export type Digest = string;
