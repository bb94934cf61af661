import { CPPN } from './cppn/cppn.js';
import { DENSE } from './dense/dense.js';
import { DIRECT } from './direct/direct.js';
import type { Encoding } from './names.js';

/** All encodings, by their names. One more is a folder here, a line in this table and its name in names.ts. */
export const ENCODINGS = {
  cppn: CPPN,
  direct: DIRECT,
  dense: DENSE,
} as const satisfies Readonly<Record<Encoding, unknown>>;
