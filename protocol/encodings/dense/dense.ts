import type { EncodingParts } from '../encoding.js';
import { DENSE_FORMAT } from './format.js';
import type { DenseGenome } from './genome.js';
import { createDensePainting, type DenseKernel } from './painting.js';
import { DENSE_PARAMETERS } from './parameters.js';
import { createDensePullBack } from './pull-back.js';
import { DENSE_VARIATION } from './variation.js';

/** The dense encoding: a fully connected CPPN of fixed shape. */
export const DENSE: EncodingParts<DenseGenome, DenseKernel> = {
  format: DENSE_FORMAT,
  variation: DENSE_VARIATION,
  painting: createDensePainting,
  parameters: DENSE_PARAMETERS,
  pullBack: createDensePullBack,
};
