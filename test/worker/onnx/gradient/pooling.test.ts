import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type AttributeMap, int, ints, text } from '../../../../worker/onnx/builder.js';
import { apart, expectGradient, gradientOfX, op } from './finite-differences.js';

function drawn(seed: number, name: string) {
  const random = randomFrom(seed, name);
  const draw = (least: number, most: number) => least + random.below(most - least + 1);
  const rank = draw(1, 4) === 1 ? 1 : 2;
  const each = (make: () => number) => Array.from({ length: rank }, make);
  const kernel = each(() => draw(1, 3));
  const strides = each(() => draw(1, 3));
  // ONNX Runtime pads no window by itself that is shorter than its step.
  const mayPad = kernel.every((length, i) => length >= (strides[i] ?? 1));
  const autoPads = ['NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'];
  const autoPad = mayPad ? (autoPads[random.below(5)] ?? '') : 'NOTSET';
  // Less padding than the window is long, as ONNX Runtime asks for.
  const border = () => kernel.map((length) => random.below(length));
  const attributes: AttributeMap = {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    ...(autoPad === 'NOTSET'
      ? { pads: ints([...border(), ...border()]), ceil_mode: int(random.below(2)) }
      : { auto_pad: text(autoPad) }),
  };
  const dims = [draw(1, 2), draw(1, 3), ...kernel.map((length) => length + draw(1, 4))];
  return { random, attributes, dims, open: random.chance(0.5) };
}

/** A graph for a GPU computes the same on the CPU, where the tests run it. */
const DEVICES = [
  { device: 'CPU', onCpu: true },
  { device: 'GPU', onCpu: false },
];

describe('the gradient of', () => {
  it.each(DEVICES)(
    'MaxPool is that of finite differences, whatever its window, on a $device',
    async ({ onCpu }) => {
      for (let seed = 0; seed < 25; seed++) {
        const { random, attributes, dims, open } = drawn(seed, 'max');
        await expectGradient(
          random,
          { nodes: [op('MaxPool', ['x'], 'y', attributes)], values: { x: apart(random, dims) } },
          { open, onCpu },
        );
      }
    },
  );

  it.each(DEVICES)(
    'MaxPool is of three dimensions, and by windows that are spread out, on a $device',
    async ({ onCpu }) => {
      for (const [dims, attributes] of [
        [
          [1, 2, 4, 3, 5],
          { kernel_shape: ints([2, 3, 2]), strides: ints([1, 1, 2]), pads: ints([1, 0, 0, 0, 0, 1]) },
        ],
        [[1, 2, 7, 6], { kernel_shape: ints([2, 3]), dilations: ints([2, 2]), pads: ints([1, 2, 0, 1]) }],
        [
          [1, 2, 7, 6],
          { kernel_shape: ints([3, 2]), dilations: ints([2, 1]), strides: ints([2, 2]), ceil_mode: int(1) },
        ],
        [
          [2, 1, 8],
          { kernel_shape: ints([3]), dilations: ints([3]), pads: ints([2, 2]), strides: ints([2]) },
        ],
        [
          [1, 1, 6, 6],
          {
            kernel_shape: ints([2, 2]),
            dilations: ints([3, 3]),
            strides: ints([3, 3]),
            pads: ints([1, 1, 1, 1]),
          },
        ],
      ] as const) {
        const random = randomFrom(dims.length, `${dims}`);
        const nodes = [op('MaxPool', ['x'], ['y', 'places'], attributes)];
        await expectGradient(random, { nodes, values: { x: apart(random, dims) } }, { open: true, onCpu });
      }
    },
  );

  it.each(DEVICES)(
    'MaxPool is the first of several that are equally large, on a $device',
    async ({ onCpu }) => {
      const graph = {
        nodes: [op('MaxPool', ['x'], 'y', { kernel_shape: ints([2, 2]), strides: ints([1, 1]) })],
        values: { x: { dims: [1, 1, 3, 3], data: new Float32Array(9).fill(2) } },
      };
      const seed = { dims: [1, 1, 2, 2], data: Float32Array.of(1, 10, 100, 1000) };
      expect(await gradientOfX(graph, seed, onCpu)).toEqual([1, 10, 0, 100, 1000, 0, 0, 0, 0]);
    },
  );

  it('AveragePool is of three dimensions, spread out, and rounded up as operator set 19 has it', async () => {
    for (const count_include_pad of [int(0), int(1)]) {
      for (const [dims, attributes, opset] of [
        [
          [1, 2, 4, 3, 5],
          { kernel_shape: ints([2, 3, 2]), strides: ints([1, 1, 2]), pads: ints([1, 0, 0, 0, 0, 1]) },
          13,
        ],
        [[1, 2, 7, 6], { kernel_shape: ints([2, 3]), dilations: ints([2, 2]), pads: ints([1, 2, 0, 1]) }, 19],
        [
          [1, 2, 6, 6],
          { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 0, 1, 0]), ceil_mode: int(1) },
          19,
        ],
        [
          [1, 2, 6, 6],
          { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 0, 1, 0]), ceil_mode: int(1) },
          11,
        ],
      ] as const) {
        const random = randomFrom(dims.length, `${dims}`);
        const nodes = [op('AveragePool', ['x'], 'y', { ...attributes, count_include_pad })];
        await expectGradient(
          random,
          { nodes, values: { x: apart(random, dims) }, opset },
          { open: true, step: 0.25 },
        );
      }
    }
  });

  it('MaxPool is on a CPU, whose convolutions tell numbers apart', async () => {
    for (const [kernel, stride, height, width] of [
      [3, 2, 5, 6],
      [2, 2, 4, 5],
      [3, 3, 6, 7],
      [3, 2, 6, 6],
    ] as const) {
      const random = randomFrom(kernel, 'exact');
      const nodes = [
        op('MaxPool', ['x'], 'y', { kernel_shape: ints([kernel, kernel]), strides: ints([stride, stride]) }),
      ];
      const x = apart(random, [1, 16, height, width]);
      await expectGradient(random, { nodes, values: { x } }, { onCpu: true, step: 1e-3, tolerance: 5e-3 });
    }
  });

  it.each(DEVICES)(
    'MaxPool is behind Relus that are joined, and where they are used twice, on a $device',
    async ({ onCpu }) => {
      for (const twice of [false, true]) {
        const random = randomFrom(1, 'joined');
        const nodes = [
          op('Relu', ['x'], 'a'),
          op('Neg', ['x'], 'n'),
          op('Relu', ['n'], 'b'),
          op('Concat', ['a', 'b'], 'c', { axis: int(1) }),
          op('MaxPool', ['c'], 'p', { kernel_shape: ints([3, 3]), strides: ints([2, 2]) }),
          op('ReduceMean', [twice ? 'c' : 'p'], 'm', { keepdims: int(1) }),
          op('Mul', ['p', 'm'], 'y'),
        ];
        await expectGradient(
          random,
          { nodes, values: { x: apart(random, [2, 2, 7, 5]) } },
          { open: true, onCpu },
        );
      }
    },
  );

  it('AveragePool is, whether the padding counts or not', async () => {
    for (let seed = 0; seed < 25; seed++) {
      const { random, attributes, dims, open } = drawn(seed, 'average');
      const nodes = [
        op('AveragePool', ['x'], 'y', { ...attributes, count_include_pad: int(random.below(2)) }),
      ];
      await expectGradient(random, { nodes, values: { x: apart(random, dims) } }, { open, step: 0.25 });
    }
  });

  it.each(['GlobalAveragePool', 'GlobalMaxPool'])('%s is', async (name) => {
    const random = randomFrom(1, name);
    for (const dims of [
      [2, 3, 4],
      [1, 2, 3, 4],
      [2, 1, 2, 2, 3],
    ]) {
      await expectGradient(
        random,
        { nodes: [op(name, ['x'], 'y')], values: { x: apart(random, dims) } },
        { open: true },
      );
    }
  });

  it('GlobalLpPool is, of any power', async () => {
    const random = randomFrom(1, 'GlobalLpPool');
    for (const p of [1, 2, 3]) {
      const nodes = [op('GlobalLpPool', ['x'], 'y', { p: int(p) })];
      await expectGradient(random, { nodes, values: { x: apart(random, [2, 3, 2, 3]) } }, { open: true });
    }
  });

  it('a pool of equal numbers rises as fast as all of them do', async () => {
    const random = randomFrom(1, 'ties');
    for (const [name, attributes] of [
      ['MaxPool', { kernel_shape: ints([3, 3]), strides: ints([2, 2]) }],
      ['GlobalMaxPool', {}],
    ] as const) {
      const nodes = [op('Add', ['x', 'd'], 'z'), op(name, ['z'], 'y', attributes)];
      const x = { dims: [1, 2, 7, 7], data: new Float32Array(98).fill(0.5) };
      const values = { x, d: { dims: [1], data: Float32Array.of(0) } };
      await expectGradient(random, { nodes, values }, { by: ['d'] });
    }
  });
});
