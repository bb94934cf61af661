import { randomDense } from '../../../protocol/encodings/dense/variation.js';
import { ENCODINGS } from '../../../protocol/encodings/encodings.js';
import { smoothDense } from '../drawing/smooth-dense.js';
import { describePullBack } from './pull-back-conformance.js';

const DENSE_SHAPES = [
  [1, { count: 1, width: 4 }],
  [1, { count: 3, width: 24 }],
  [3, { count: 2, width: 12 }],
  [3, { count: 4, width: 8 }],
] as const;

describePullBack(
  'dense',
  ENCODINGS.dense,
  DENSE_SHAPES.map(([channels, layers]) => ({
    run: { canvas: 20, channels, layers },
    genome: (random) => randomDense({ channels, layers: layers.count, width: layers.width }, random),
    smooth: smoothDense,
  })),
);
