import { describe, expect, it } from 'vitest';
import { OCCLUSION } from '../../../ops/lab/occlusion/experiment.js';
import { saliencyOf, shadesOf } from '../../../ops/lab/occlusion/saliency.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { tensorOf } from '../../../worker/classifier/photo.js';
import { linearNetwork } from '../../worker/ascent/linear-network.js';

const [WIDTH, HEIGHT] = [5, 4];
const LENGTH = 3 * WIDTH * HEIGHT;

const SHAPES: readonly TensorSpec[] = [
  {
    ...{ layout: 'NCHW', width: WIDTH, height: HEIGHT, channels: 'RGB' },
    ...{ scale: [1 / 255, 1 / 128, 1 / 64], offset: [0, -1, 0.5] },
  },
  {
    ...{ layout: 'NHWC', width: WIDTH, height: HEIGHT, channels: 'BGR' },
    ...{ scale: [1 / 255, 1 / 128, 1 / 64], offset: [0, -1, 0.5] },
  },
];

describe('saliency', () => {
  it.each(SHAPES)('is what finite differences of log p give, in $layout and $channels', async (input) => {
    const stream = randomFrom(1, input.layout);
    const weights = [0, 1, 2].map(() =>
      Float32Array.from({ length: LENGTH }, () => 0.1 * standardNormal(stream)),
    );
    const network = linearNetwork(input, weights);
    const bytes = Uint8Array.from({ length: LENGTH }, () => 1 + stream.below(254));
    const logOf = async (changed: Uint8Array) =>
      Math.log((await network.classify(tensorOf(changed, input), 1))[1] ?? 0);
    const found = await saliencyOf(network, bytes, 1);
    expect(found).toHaveLength(WIDTH * HEIGHT);
    for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
      const slopes: number[] = [];
      for (let c = 0; c < 3; c++) {
        const at = 3 * pixel + c;
        const [up, down] = [bytes.slice(), bytes.slice()];
        up[at] = (bytes[at] ?? 0) + 1;
        down[at] = (bytes[at] ?? 0) - 1;
        slopes.push(Math.abs((await logOf(up)) - (await logOf(down))) / 2);
      }
      // Single precision, over a difference of two levels.
      expect(found[pixel]).toBeCloseTo(Math.max(...slopes), 5);
    }
  });

  it('is shown from black to white, and the few pixels that stand out are white', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? 100 : i / 1000));
    const { data, white } = shadesOf(values);
    expect(white).toBeCloseTo(0.995, 2);
    expect([data[0], data[500], data[999], data[7]]).toEqual([0, 128, 255, 255]);
    expect(shadesOf(new Float32Array(4))).toEqual({ data: new Uint8Array(4), white: 0 });
  });

  it('is one more map where it was measured; data without it are still read', () => {
    const image = 'data:image/png;base64,AAAA';
    const data = {
      ...{ picture: 'p', model: 'm', modelDigest: 'd', views: 'single', classId: 0, label: 'dark' },
      ...{ confidence: 0.5, width: 8, height: 8, image, fill: 'median', refine: 0.1 },
      levels: [{ side: 2, stride: 1, patches: [{ x: 0, y: 0, loss: 0.25 }] }],
    };
    const before = OCCLUSION.read(data, 'data.json');
    const after = OCCLUSION.read({ ...data, saliency: { image, white: 0.01 } }, 'data.json');
    expect(after.figure.width).toBeGreaterThan(before.figure.width);
    expect(before.notes.text).not.toContain('Saliency');
    expect(after.notes.text).toContain('Saliency');
    const wrong = { ...data, saliency: { image, white: -1 } };
    expect(() => OCCLUSION.read(wrong, 'data.json')).toThrow(
      /is not as an experiment of this Atoll wrote it/,
    );
  });
});
