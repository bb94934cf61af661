import { describe, it } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type AttributeMap, float, int, ints, text } from '../../../../worker/onnx/builder.js';
import { floatTensor } from '../../../../worker/onnx/tensor.js';
import { apart, expectGradient, op } from './finite-differences.js';

const PLACES = ['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'];
const NEAREST = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

const oneOf = <T>(random: RandomStream, list: readonly T[]) => list[random.below(list.length)] as T;

/** A way of sampling, and the sides of an image before and after. */
function drawn(seed: number) {
  const random = randomFrom(seed, 'resize');
  const mode = oneOf(random, ['nearest', 'linear', 'cubic']);
  const attributes: AttributeMap = {
    mode: text(mode),
    coordinate_transformation_mode: text(oneOf(random, PLACES)),
    ...(mode === 'nearest' && { nearest_mode: text(oneOf(random, NEAREST)) }),
    ...(mode === 'cubic' && { cubic_coeff_a: float(-0.5), exclude_outside: int(random.below(2)) }),
  };
  const side = () => 2 + random.below(5);
  return { random, attributes, from: [side(), side()], to: [side(), side()] };
}

describe('the gradient of', () => {
  it('Resize is that of finite differences, however it samples, to sizes and by scales', async () => {
    for (let seed = 0; seed < 24; seed++) {
      const { random, attributes, from, to } = drawn(seed);
      const dims = [2, 2, ...from];
      const bySizes = random.chance(0.5);
      const scales = to.map((size, i) => size / (from[i] ?? 1));
      await expectGradient(
        random,
        {
          nodes: [op('Resize', ['x', '', ...(bySizes ? ['', 'sizes'] : ['scales'])], 'y', attributes)],
          values: { x: apart(random, dims) },
          ...(bySizes && { integers: { sizes: [2, 2, ...to] } }),
          ...(!bySizes && { constants: [floatTensor('scales', [4], Float32Array.of(1, 1, ...scales))] }),
        },
        { open: !bySizes, step: 0.25 },
      );
    }
  });

  it('Resize of some axes, of the last of three, and by a scale that changes no size, is', async () => {
    const random = randomFrom(1, 'axes');
    for (const [axes, factors, dims, opset] of [
      [[2], [2], [1, 2, 3, 2], 18],
      [[3, 2], [1.5, 2], [1, 2, 3, 4], 18],
      [undefined, [1, 1, 1.2, 1], [1, 2, 4, 3], 13],
      [undefined, [1, 1, 2.5], [2, 3, 4], 13],
    ] as const) {
      const constants = [floatTensor('scales', [factors.length], Float32Array.from(factors))];
      const nodes = [op('Resize', ['x', '', 'scales'], 'y', axes && { axes: ints(axes) })];
      const graph = { nodes, values: { x: apart(random, dims) }, constants, opset };
      await expectGradient(random, graph, { open: true, step: 0.25 });
    }
  });

  it('Upsample is, and Resize by scales that are computed', async () => {
    const random = randomFrom(2, 'upsample');
    const values = { x: apart(random, [1, 2, 3, 4]) };
    const upsample = op('Upsample', ['x'], 'y', {
      scales: { type: 6, floats: [1, 1, 2, 2] },
      mode: text('linear'),
    });
    await expectGradient(random, { nodes: [upsample], values, opset: 7 }, { open: true, step: 0.25 });
    // As PyTorch writes it: the wanted size divided by the one that there is.
    const nodes = [
      op('Shape', ['x'], 'all'),
      op('Slice', ['all', 'two', 'four', 'zero'], 'sides'),
      op('Cast', ['sides'], 'real', { to: int(1) }),
      op('Cast', ['wanted'], 'goal', { to: int(1) }),
      op('Div', ['goal', 'real'], 'factors'),
      op('Concat', ['ones', 'factors'], 'scales', { axis: int(0) }),
      op('Resize', ['x', 'whole', 'scales'], 'y', { mode: text('linear') }),
    ];
    const integers = { two: [2], four: [4], zero: [0], wanted: [5, 6] };
    const whole = floatTensor('whole', [8], Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1));
    const constants = [floatTensor('ones', [2], Float32Array.of(1, 1)), whole];
    await expectGradient(
      random,
      { nodes, values, integers, constants, opset: 11 },
      { open: true, step: 0.25 },
    );
  });
});
