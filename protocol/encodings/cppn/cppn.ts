import type { EncodingParts } from '../encoding.js';
import { CPPN_FORMAT } from './format.js';
import type { CppnGenome } from './genome.js';
import { type CppnKernel, createCppnPainting } from './painting.js';
import { CPPN_VARIATION } from './variation.js';

/** The CPPN encoding: graphs that paint. */
export const CPPN: EncodingParts<CppnGenome, CppnKernel> = {
  format: CPPN_FORMAT,
  variation: CPPN_VARIATION,
  painting: createCppnPainting,
};
