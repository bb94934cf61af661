import type { CppnGenome } from './cppn/genome.js';
import type { DirectGenome } from './direct/genome.js';

/** What is inherited. A genome is immutable: variation returns new ones. */
export type Genome = CppnGenome | DirectGenome;
export type Encoding = Genome['encoding'];

/** SHA-256 of a genome's canonical bytes, as 64 lower-case hexadecimal digits. */
export type Digest = string;
