import type { EncodingParts } from '../encoding.js';
import { DIRECT_FORMAT } from './format.js';
import type { DirectGenome } from './genome.js';
import { directOfPicture } from './of-picture.js';
import { createDirectPainting, type DirectKernel } from './painting.js';
import { DIRECT_PARAMETERS } from './parameters.js';
import { createDirectPullBack } from './pull-back.js';
import { DIRECT_VARIATION } from './variation.js';

/** The direct encoding: pixels, one gene a sample. */
export const DIRECT: EncodingParts<DirectGenome, DirectKernel> = {
  format: DIRECT_FORMAT,
  variation: DIRECT_VARIATION,
  painting: createDirectPainting,
  ofPicture: directOfPicture,
  parameters: DIRECT_PARAMETERS,
  pullBack: createDirectPullBack,
};
