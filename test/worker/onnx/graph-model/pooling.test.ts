import { beforeAll, describe, it } from 'vitest';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { flag, text, whole, wholes } from './graph-writer.js';
import { expectAll, still } from './options.js';

beforeAll(useWasm);

describe('poolings, borders and sizes', () => {
  it('maxima and averages of any window', () =>
    expectAll(
      (g, x, pick) => {
        const size = pick(2, 3);
        const stride = Math.min(size, pick(1, 2, 3));
        return g.node(pick('MaxPool', 'AvgPool'), [x], {
          ksize: wholes([1, size, size, 1]),
          strides: wholes([1, stride, stride, 1]),
          padding: text(pick('SAME', 'VALID')),
        });
      },
      { times: 16 },
    ));

  it('borders of zeros, of another number, and mirrored, before poolings and convolutions', () =>
    expectAll(
      (g, x, pick) => {
        const extra = pick(0, 0, 1);
        const pads = g.ints([0, 0, pick(0, 2), 1, 1, pick(0, 3), extra, 0], [4, 2]);
        let channels = 3 + extra;
        const padded = pick(
          () => g.node('Pad', [x, pads]),
          () => g.node('PadV2', [x, pads, g.floats([pick(-1e38, 0.5)], [])]),
          () => {
            channels = 3;
            return g.node('MirrorPad', [x, g.ints([0, 0, 2, 1, 1, 3, 0, 0], [4, 2])], {
              mode: text(pick('REFLECT', 'SYMMETRIC')),
            });
          },
        )();
        const moving = still('VALID');
        return pick(
          () => g.node('Relu6', [padded]),
          () => g.node('Conv2D', [padded, g.weights(2, 2, channels, 2)], still('VALID')),
          () => g.node('MaxPool', [padded], { ...moving, ksize: wholes([1, 2, 2, 1]) }),
          () => g.node('AvgPool', [g.node('Relu', [padded])], { ...moving, ksize: wholes([1, 2, 2, 1]) }),
          () => g.node('AvgPool', [g.node('Pad', [x, pads])], { ...moving, ksize: wholes([1, 2, 2, 1]) }),
          () =>
            g.node('MatMul', [
              g.node('Reshape', [
                g.node('Slice', [g.node('Relu', [padded]), g.ints([0, 0, 0, 0]), g.ints([-1, 2, 2, 3])]),
                g.ints([-1, 12]),
              ]),
              g.weights(12, 2),
            ]),
        )();
      },
      { times: 40 },
    ));

  it('images resized, bilinear and to the nearest', () =>
    expectAll(
      (g, x, pick) => {
        const corners = pick(true, false);
        return g.node(
          pick('ResizeBilinear', 'ResizeNearestNeighbor'),
          [x, g.ints([pick(14, 5, 11), pick(18, 4, 9)])],
          {
            align_corners: flag(corners),
            half_pixel_centers: flag(!corners && pick(true, false)),
          },
        );
      },
      { times: 24 },
    ));

  it('channels spread over blocks of pixels', () =>
    expectAll((g, x) => g.node('DepthToSpace', [x], { block_size: whole(2), data_format: text('NHWC') }), {
      sizes: [3, 4, 8],
      times: 1,
    }));
});
