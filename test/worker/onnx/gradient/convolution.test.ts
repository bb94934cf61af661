import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type AttributeMap, int, ints, text } from '../../../../worker/onnx/builder.js';
import { between, expectGradient, op } from './finite-differences.js';

/** Attributes drawn at random, and the sizes that go with them. */
function drawn(seed: number) {
  const random = randomFrom(seed, 'convolution');
  const draw = (least: number, most: number) => least + random.below(most - least + 1);
  const rank = draw(1, 3) === 1 ? 1 : 2;
  const each = <T>(make: () => T) => Array.from({ length: rank }, make);
  const groups = draw(1, 3);
  const kernel = each(() => draw(1, 3));
  const autoPad = ['NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'][random.below(5)] ?? '';
  // ONNX Runtime pads no dilated window by itself.
  const dilations = each(() => (autoPad.startsWith('SAME') ? 1 : draw(1, 2)));
  const attributes: AttributeMap = {
    group: int(groups),
    strides: ints(each(() => draw(1, 3))),
    dilations: ints(dilations),
    ...(autoPad === 'NOTSET'
      ? { pads: ints([...each(() => draw(0, 2)), ...each(() => draw(0, 2))]) }
      : { auto_pad: text(autoPad) }),
  };
  const sizes = kernel.map((length, i) => (length - 1) * (dilations[i] ?? 1) + draw(1, 4));
  return { random, draw, groups, kernel, sizes, attributes, open: random.chance(0.5) };
}

describe('the gradient of', () => {
  it('Conv is that of finite differences, whatever its groups, strides, dilations and padding', async () => {
    for (let seed = 0; seed < 25; seed++) {
      const { random, draw, groups, kernel, sizes, attributes, open } = drawn(seed);
      const [channels, filters, images] = [draw(1, 2), draw(1, 2) * groups, draw(1, 2)];
      const values = {
        x: between(random, [images, channels * groups, ...sizes]),
        w: between(random, [filters, channels, ...kernel]),
        b: between(random, [filters]),
      };
      const nodes = [op('Conv', ['x', 'w', 'b'], 'y', attributes)];
      await expectGradient(random, { nodes, values }, { open, step: 0.25 });
    }
  });

  it('Conv is of three dimensions, by one filter a channel, and by a kernel as long as the padded image', async () => {
    for (const [dims, filters, attributes] of [
      [[1, 2, 3, 4, 3], [2, 2, 2, 1, 3], { strides: ints([2, 1, 1]), pads: ints([1, 0, 0, 0, 1, 2]) }],
      [[2, 4, 5, 4], [4, 1, 3, 3], { group: int(4), pads: ints([1, 1, 1, 1]) }],
      [[2, 2, 5, 4], [4, 1, 3, 2], { group: int(2), strides: ints([2, 3]), dilations: ints([1, 2]) }],
      [[1, 2, 2, 3], [3, 2, 5, 4], { pads: ints([2, 0, 1, 1]) }],
      [[1, 9, 4, 4], [9, 9, 3, 3], { pads: ints([2, 2, 0, 1]) }],
      [[1, 9, 4, 4], [9, 9, 1, 1], { pads: ints([1, 0, 2, 0]) }],
      [[1, 2, 5], [2, 2, 4], { auto_pad: text('SAME_LOWER'), strides: ints([3]) }],
    ] as const) {
      const random = randomFrom(dims.length, `${dims}`);
      const values = { x: between(random, dims), w: between(random, filters) };
      const nodes = [op('Conv', ['x', 'w'], 'y', attributes)];
      await expectGradient(random, { nodes, values }, { open: true, step: 0.25 });
    }
  });

  it('ConvTranspose is to a size that it is told, and where it pads by itself', async () => {
    for (const [dims, filters, attributes] of [
      [[1, 2, 3, 3], [2, 1, 3, 3], { strides: ints([2, 2]), output_shape: ints([6, 5]) }],
      [
        [1, 2, 3, 3],
        [2, 1, 3, 3],
        { strides: ints([2, 2]), output_shape: ints([6, 5]), auto_pad: text('SAME_LOWER') },
      ],
      [[2, 4, 3, 2], [4, 1, 3, 3], { strides: ints([2, 2]), group: int(2), auto_pad: text('SAME_UPPER') }],
      [[1, 2, 3], [2, 3, 4], { strides: ints([3]), auto_pad: text('SAME_LOWER') }],
      [[1, 2, 3, 2], [2, 2, 2, 3], { auto_pad: text('VALID'), dilations: ints([2, 1]) }],
      [[1, 1, 2, 3, 2], [1, 2, 2, 2, 1], { strides: ints([2, 1, 3]), output_padding: ints([1, 0, 2]) }],
    ] as const) {
      const random = randomFrom(dims.length, `${dims}`);
      const values = {
        x: between(random, dims),
        w: between(random, filters),
        b: between(random, [filters[1] * (dims[1] === 4 ? 2 : 1)]),
      };
      const nodes = [op('ConvTranspose', ['x', 'w', 'b'], 'y', attributes)];
      await expectGradient(random, { nodes, values }, { open: true, step: 0.25 });
    }
  });

  it('ConvTranspose is, with what it adds at the end too', async () => {
    for (let seed = 100; seed < 120; seed++) {
      const { random, draw, groups, kernel, attributes, open } = drawn(seed);
      const { auto_pad: _, pads: __, ...moving } = attributes;
      const rank = kernel.length;
      const strides = Array.from({ length: rank }, () => draw(2, 3));
      const values = {
        x: between(random, [draw(1, 2), 2 * groups, ...kernel.map(() => draw(2, 3))]),
        w: between(random, [2 * groups, draw(1, 2), ...kernel.map(() => draw(2, 3))]),
      };
      const extra = strides.map((stride) => random.below(stride));
      const nodes = [
        op('ConvTranspose', ['x', 'w'], 'y', {
          ...moving,
          strides: ints(strides),
          output_padding: ints(extra),
          pads: ints([...strides.map(() => draw(0, 1)), ...strides.map(() => draw(0, 1))]),
        }),
      ];
      await expectGradient(random, { nodes, values }, { open, step: 0.25 });
    }
  });
});
