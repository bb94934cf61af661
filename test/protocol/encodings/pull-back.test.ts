import { expect, it } from 'vitest';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { DENSE } from '../../../protocol/encodings/dense/dense.js';
import { randomDense } from '../../../protocol/encodings/dense/variation.js';
import { DIRECT } from '../../../protocol/encodings/direct/direct.js';
import { randomDirect } from '../../../protocol/encodings/direct/variation.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { anyDense, streamOf } from '../drawing/genomes.js';
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

it('a dense genome has a finite gradient, also with the greatest weights that there are', () => {
  const random = streamOf('extremes');
  const side = { width: 20, height: 9 };
  const spec = { layout: 'NHWC', channels: 'RGB', ...side, scale: [1, 1, 1], offset: [0, 0, 0] } as const;
  const slopes = Float32Array.from({ length: 540 }, () => 1e3 * (2 * random.uniform() - 1));
  const drawer = loadDrawer();
  for (let i = 0; i < 200; i++) {
    const genome = anyDense(random, { channels: 3, layers: 1 + (i % 8), width: 4 + 4 * (i % 16) });
    const [gradient] = drawer.pullBack?.([genome], spec, 'single', slopes) ?? [];
    expect(gradient).toHaveLength(genome.weights.length);
    expect(gradient?.every(Number.isFinite)).toBe(true);
  }
});
