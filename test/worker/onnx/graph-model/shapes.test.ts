import { beforeAll, describe, it } from 'vitest';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { flag, type JsonAttribute, type, whole, wholes } from './graph-writer.js';
import { expectAll, still } from './options.js';

beforeAll(useWasm);

describe('sums and shapes', () => {
  it('sums, means, extremes and products over any dimensions', () =>
    expectAll(
      (g, x, pick) => {
        const axes = pick([1, 2], [1], [2], [3], [-1], [1, 2, 3], [2, 3], [1, 3]);
        const y = pick(x, g.node('Transpose', [x, g.ints([0, 3, 1, 2])]));
        return g.node(pick('Mean', 'Sum', 'Max', 'Min', 'Prod'), [y, g.ints(axes)], {
          keep_dims: flag(pick(true, false)),
        });
      },
      { times: 40 },
    ));

  it('where the largest is', () =>
    expectAll(
      (g, x, pick) =>
        g.node('Cast', [g.node(pick('ArgMax', 'ArgMin'), [x, g.ints([pick(1, -1)], [])])], {
          DstT: type('DT_FLOAT'),
        }),
      { times: 4 },
    ));

  it('slices, as numpy writes them', () =>
    expectAll(
      (g, x, pick) => {
        const slice = (
          begin: number[],
          end: number[],
          steps: number[],
          masks: Readonly<Record<string, number>>,
        ) =>
          g.node(
            'StridedSlice',
            [x, g.ints(begin), g.ints(end), g.ints(steps)],
            Object.fromEntries(
              Object.entries(masks).map(([name, bits]): [string, JsonAttribute] => [
                `${name}_mask`,
                whole(bits),
              ]),
            ),
          );
        return pick(
          // x[..., ::-1]
          () => slice([0, 0], [0, 0], [1, -1], { ellipsis: 1, begin: 2, end: 2 }),
          // x[:, 1:5, 2]
          () => slice([0, 1, 2], [0, 5, 3], [1, 1, 1], { begin: 1, end: 1, shrink: 0, shrink_axis: 4 }),
          // x[:, -3:, ::2]
          () => slice([0, -3, 0], [0, 0, 0], [1, 1, 2], { begin: 5, end: 7 }),
          // x[:, None, :, 4]
          () =>
            slice([0, 0, 0, 4], [0, 0, 0, 5], [1, 1, 1, 1], {
              begin: 5,
              end: 5,
              new_axis: 2,
              shrink_axis: 8,
            }),
          () => g.node('Slice', [x, g.ints([0, 1, 0, 1]), g.ints([-1, 3, -1, 2])]),
          () => g.node('ReverseV2', [x, g.ints([pick(-1, 1)])]),
          () => g.node('GatherV2', [x, g.ints([2, 0, 1, 1]), g.ints([3], [])], { batch_dims: whole(0) }),
          () => g.node('GatherV2', [x, g.ints([6], []), g.ints([1], [])], { batch_dims: whole(0) }),
        )();
      },
      { times: 24 },
    ));

  it('pieces and their joins', () =>
    expectAll(
      (g, x, pick) => {
        const axis = pick(1, 2, 3);
        const sizes = { 1: [2, 5], 2: [4, 5], 3: [1, 2] }[axis] ?? [];
        const even = pick(true, false);
        const split =
          axis === 3 && even
            ? g.node('Split', [g.ints([3], []), x], { num_split: whole(3) })
            : g.node('SplitV', [x, g.ints(sizes), g.ints([axis], [])], { num_split: whole(2) });
        const doubled = g.node('Relu', [`${split}:1`]);
        return g.node('ConcatV2', [doubled, split, doubled, g.ints([pick(axis, axis - 4)], [])], {
          N: whole(3),
        });
      },
      { times: 10 },
    ));

  it('stacks, and stacks taken apart', () =>
    expectAll(
      (g, x, pick) => {
        const pieces = g.node('Unpack', [x], { axis: whole(3), num: whole(3) });
        return g.node('Pack', [`${pieces}:2`, pieces, `${pieces}:1`], {
          axis: whole(pick(1, -1, 2)),
          N: whole(3),
        });
      },
      { times: 4 },
    ));

  it('repetitions', () =>
    expectAll((g, x, pick) => g.node('Tile', [x, g.ints(pick([1, 2, 1, 3], [1, 1, 1, 1]))]), { times: 2 }));

  it('a token before all others', () =>
    expectAll((g, x) => {
      const words = g.node('Reshape', [x, g.ints([-1, 63, 3])]);
      const batch = g.node(
        'StridedSlice',
        [g.node('Shape', [words]), g.ints([0]), g.ints([1]), g.ints([1])],
        {
          shrink_axis_mask: whole(1),
        },
      );
      const size = g.node('Pack', [batch, g.ints([1], []), g.ints([3], [])]);
      const token = g.node('BroadcastTo', [g.weights(1, 1, 3), size]);
      const zeros = g.node('Fill', [size, g.floats([0.5], [])]);
      return g.node('ConcatV2', [token, zeros, words, g.ints([1], [])], { N: whole(3) });
    }));

  it('reshapes and transposes of any kind, one after the other', () =>
    expectAll(
      (g, x, pick) => {
        const conv = g.node('Conv2D', [x, g.weights(3, 3, 4, 8)], still('SAME'));
        const shuffled = () => {
          const groups = g.node('Reshape', [conv, g.ints([-1, 6, 10, 2, 4])]);
          return g.node('Reshape', [
            g.node('Transpose', [groups, g.ints([0, 1, 2, 4, 3])]),
            g.ints([-1, 6, 10, 8]),
          ]);
        };
        const turned = () =>
          g.node('Reshape', [g.node('Transpose', [conv, g.ints([0, 3, 2, 1])]), g.ints([-1, 4, 20, 6])]);
        const words = () => g.node('Reshape', [conv, g.ints([-1, 60, 8])]);
        const thick = () =>
          g.node('ExpandDims', [
            g.node('Squeeze', [g.node('Mean', [conv, g.ints([1])], { keep_dims: flag(true) })], {
              squeeze_dims: wholes([1]),
            }),
            g.ints([pick(1, 2, -1)], []),
          ]);
        const first = pick(shuffled, turned, words, thick)();
        return pick(
          () => first,
          () => g.node('Reshape', [first, g.ints([-1, 2])]),
          () => g.node('AddV2', [g.node('Reshape', [first, g.ints([-1, 5, 4])]), g.weights(5, 4)]),
          () => g.node('Softmax', [first]),
        )();
      },
      { sizes: [6, 10, 4], times: 40 },
    ));
});
