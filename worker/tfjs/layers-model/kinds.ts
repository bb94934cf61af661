import { ACTIVATION_KINDS } from './activation-layers.js';
import { CONVOLUTION_KINDS } from './convolutions.js';
import { DENSE_KINDS } from './dense.js';
import { identityKind, type LayerKind } from './kind.js';
import { MERGE_KINDS } from './merges.js';
import { NORMALIZATION_KINDS } from './normalization.js';
import { OPERATOR_KINDS, operationKind } from './operators.js';
import { POOLING_KINDS } from './pooling.js';
import { PREPROCESSING_KINDS } from './preprocessing.js';
import { RESIZING_KINDS } from './resizing.js';
import { SHAPE_KINDS } from './shapes.js';
import type { Layer } from './topology.js';

/** Layers that act in training alone. */
const TRAINING_ONLY: readonly string[] = [
  'ActivityRegularization',
  'AlphaDropout',
  'AugMix',
  'AutoContrast',
  'CutMix',
  'DropPath',
  'Dropout',
  'FixedDropout',
  'GaussianDropout',
  'GaussianNoise',
  'Identity',
  'MixUp',
  'RandAugment',
  'RandomBrightness',
  'RandomColorDegeneration',
  'RandomColorJitter',
  'RandomContrast',
  'RandomElasticTransform',
  'RandomErasing',
  'RandomFlip',
  'RandomGaussianBlur',
  'RandomGrayscale',
  'RandomHeight',
  'RandomHue',
  'RandomInvert',
  'RandomPerspective',
  'RandomPosterization',
  'RandomRotation',
  'RandomSaturation',
  'RandomSharpness',
  'RandomShear',
  'RandomTranslation',
  'RandomWidth',
  'RandomZoom',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'StochasticDepth',
];

const KINDS: ReadonlyMap<string, LayerKind> = new Map(
  Object.entries({
    ...Object.fromEntries(TRAINING_ONLY.map((name) => [name, identityKind])),
    ...ACTIVATION_KINDS,
    ...CONVOLUTION_KINDS,
    ...DENSE_KINDS,
    ...MERGE_KINDS,
    ...NORMALIZATION_KINDS,
    ...OPERATOR_KINDS,
    ...POOLING_KINDS,
    ...PREPROCESSING_KINDS,
    ...RESIZING_KINDS,
    ...SHAPE_KINDS,
  }),
);

/** How a layer is written in ONNX; undefined: unknown. */
export function kindOf({ className, module }: Pick<Layer, 'className' | 'module'>): LayerKind | undefined {
  // Keras 3 writes operators as layers, some of which have the names of real ones.
  return /^keras\.(src\.)?ops/.test(module) ? operationKind(className) : KINDS.get(className);
}

/** Layers that leave the pixels of an image what they are: bytes stay bytes. */
const PASSING = new Set([
  ...TRAINING_ONLY,
  'CenterCrop',
  'GetItem',
  'Permute',
  'RandomCrop',
  'Reshape',
  'Resizing',
  'SlicingOpLambda',
]);

export function passesOn({ className }: Pick<Layer, 'className'>): boolean {
  return PASSING.has(className);
}
