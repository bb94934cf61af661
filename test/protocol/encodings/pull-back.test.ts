import { DENSE } from '../../../protocol/encodings/dense/dense.js';
import { randomDense } from '../../../protocol/encodings/dense/variation.js';
import { DIRECT } from '../../../protocol/encodings/direct/direct.js';
import { randomDirect } from '../../../protocol/encodings/direct/variation.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { smoothDense } from '../drawing/smooth-dense.js';
import { smoothDirect } from '../drawing/smooth-direct.js';
import { describePullBack } from './pull-back-conformance.js';

const DENSE_SHAPES = [
  [1, { count: 1, width: 4 }],
  [1, { count: 3, width: 24 }],
  [3, { count: 2, width: 12 }],
  [3, { count: 4, width: 8 }],
] as const;

describePullBack(
  'dense',
  DENSE,
  DENSE_SHAPES.map(([channels, layers]) => ({
    run: { canvas: 20, channels, layers },
    genome: (random) => randomDense({ channels, layers: layers.count, width: layers.width }, random),
    smooth: smoothDense,
  })),
);

describePullBack(
  'direct',
  DIRECT,
  ([1, 3] as const).flatMap((channels) =>
    // Fewer genes than most pictures have pixels, so that some show in several; and more, so that some show in none.
    [4, 23].map((canvas) => ({
      run: { canvas, channels, layers: DEFAULT_LAYERS },
      genome: (random) => randomDirect(canvas, channels, random),
      smooth: smoothDirect,
    })),
  ),
);
