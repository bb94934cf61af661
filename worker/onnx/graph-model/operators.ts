import { BLOCKS } from './blocks.js';
import { CONVOLUTIONS } from './convolution.js';
import { PRODUCTS } from './dense.js';
import { EINSUMS } from './einsum.js';
import { ELEMENTWISE } from './elementwise.js';
import { GATHERS } from './gather.js';
import { JOINS } from './joins.js';
import { NORMALIZATIONS } from './normalization.js';
import type { Operator } from './operator.js';
import { PADDINGS } from './padding.js';
import { PIECES } from './pieces.js';
import { PLUMBING } from './plumbing.js';
import { POOLINGS } from './pooling.js';
import { REDUCTIONS } from './reductions.js';
import { RESHAPES } from './reshape.js';
import { RESIZES } from './resize.js';
import { SHAPES } from './shapes.js';
import { SLICES } from './slices.js';
import { SOFTMAXES } from './softmax.js';
import { TRANSPOSES } from './transpose.js';
import { UNARIES } from './unary.js';

/** Every operator that can be converted, by TensorFlow's name. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...PLUMBING,
    ...CONVOLUTIONS,
    ...POOLINGS,
    ...PRODUCTS,
    ...EINSUMS,
    ...NORMALIZATIONS,
    ...ELEMENTWISE,
    ...SOFTMAXES,
    ...UNARIES,
    ...REDUCTIONS,
    ...RESHAPES,
    ...TRANSPOSES,
    ...SLICES,
    ...PIECES,
    ...GATHERS,
    ...BLOCKS,
    ...JOINS,
    ...SHAPES,
    ...PADDINGS,
    ...RESIZES,
  }),
);
