import type { HlsKernel } from '../../drawing/painting/hls-kernel.js';
import type { EncodingParts } from '../encoding.js';
import { CPPN_FORMAT } from './format.js';
import type { CppnGenome } from './genome.js';
import { type CppnKernel, createCppnPainting } from './painting.js';
import { CPPN_PARAMETERS } from './parameters.js';
import { createCppnPullBack } from './pull-back.js';
import { CPPN_VARIATION } from './variation.js';

/** The CPPN encoding: graphs that paint. */
export const CPPN: EncodingParts<CppnGenome, CppnKernel & HlsKernel> = {
  format: CPPN_FORMAT,
  variation: CPPN_VARIATION,
  painting: createCppnPainting,
  pullBack: createCppnPullBack,
  parameters: CPPN_PARAMETERS,
};
