import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { type TensorSpec, tensorLength } from '../../../protocol/drawing/tensor-spec.js';
import { directOfPicture } from '../../../protocol/encodings/direct/of-picture.js';
import { createPictureAscent } from '../../../worker/ascent/picture-ascent.js';
import { ASCENT_PRESETS, type AscentSettings } from '../../../worker/ascent/settings.js';
import { startOf } from '../../../worker/ascent/start.js';
import { linearNetwork } from './linear-network.js';

const GREY: TensorSpec = {
  layout: 'NCHW',
  width: 12,
  height: 10,
  channels: 'grey',
  scale: [1 / 255],
  offset: [0],
};
const COLOUR: TensorSpec = {
  layout: 'NHWC',
  width: 12,
  height: 10,
  channels: 'BGR',
  scale: [0.02, 0.018, 0.017],
  offset: [-2.1, -2, -1.8],
};

function networkOn(input: TensorSpec, classes = 4) {
  const random = randomFrom(3, 'weights');
  const length = tensorLength(input);
  return linearNetwork(
    input,
    Array.from({ length: classes }, () => Float32Array.from({ length }, () => 0.3 * standardNormal(random))),
  );
}

async function climb(input: TensorSpec, settings: AscentSettings, seed = 1) {
  const random = randomFrom(seed, 'ascent');
  const network = networkOn(input);
  const drawer = loadDrawer();
  const ascent = createPictureAscent({
    classId: 2,
    settings,
    start: startOf(settings.start, input, random),
    network,
    gradientCost: 3,
    drawer,
    genomeOf: directOfPicture,
    random,
  });
  const seen: number[] = [];
  let genome: ReturnType<typeof directOfPicture> | undefined;
  for (let sight = await ascent.next(); sight; sight = await ascent.next()) {
    seen.push(sight.confidences[2] ?? 0);
    genome = sight.genome as typeof genome;
  }
  if (genome === undefined) throw new Error('no step was taken');
  const again = await network.classify(drawer.tensor([genome], input, 'single').slice(), 1);
  return { seen, genome, again: again[2] };
}

describe('an ascent of pixels', () => {
  it.each([
    ['grey', GREY],
    ['colour, channels last', COLOUR],
  ])('makes a network with a known gradient certain: %s', async (_, input) => {
    const { seen } = await climb(input, { ...ASCENT_PRESETS.free, steps: 400 });
    expect(Math.max(...seen)).toBeGreaterThan(0.99);
    expect(seen).toHaveLength(401);
  });

  it('gains what its first step aims at: the confidence grows by its early share, to a tenth', async () => {
    const settings = { ...ASCENT_PRESETS.free, steps: 1, early: 0.02, late: 1 };
    const { seen } = await climb(GREY, settings);
    const [before = 0, after = 0] = seen;
    expect(after - before).toBeGreaterThan(0.018);
    expect(after - before).toBeLessThan(0.022);
  });

  it('tells the confidence of the very picture that the genome draws', async () => {
    const { seen, again } = await climb(COLOUR, { ...ASCENT_PRESETS.natural, steps: 20 });
    expect(again).toBeCloseTo(seen.at(-1) ?? 0, 6);
  });

  it('is the same for the same seed, and another for another', async () => {
    const settings = { ...ASCENT_PRESETS.jitter, steps: 30, jitter: 2 };
    const [one, same, other] = [
      await climb(GREY, settings),
      await climb(GREY, settings),
      await climb(GREY, settings, 2),
    ];
    expect(same.seen).toEqual(one.seen);
    expect(other.seen).not.toEqual(one.seen);
  });

  it('stays nearer to the mean the more it decays', async () => {
    const contrast = async (decay: number) => {
      const { genome } = await climb(GREY, { ...ASCENT_PRESETS.free, steps: 60, decay });
      const { data } = loadDrawer().pixels(genome, GREY.width, GREY.height);
      return data.reduce((sum, level) => sum + (level - 127.5) ** 2, 0);
    };
    expect(await contrast(0.1)).toBeLessThan(0.7 * (await contrast(0)));
  });

  it('makes plainer pictures by steps down their total variation, and still gains', async () => {
    const roughness = async (share: number) => {
      const { seen, genome } = await climb(GREY, {
        ...ASCENT_PRESETS.tv,
        steps: 60,
        variation: { share, exponent: 1.5 },
      });
      expect(seen.at(-1)).toBeGreaterThan(2 * (seen[0] ?? 0));
      const { data } = loadDrawer().pixels(genome, GREY.width, GREY.height);
      return data.reduce((sum, level, at) => sum + Math.abs(level - (data[at - 1] ?? level)), 0);
    };
    expect(await roughness(0.5)).toBeLessThan(0.9 * (await roughness(0)));
  });

  it('ends where the gradient is 0 everywhere', async () => {
    const random = randomFrom(1, 'flat');
    const flat = linearNetwork(GREY, [new Float32Array(120), new Float32Array(120)]);
    const ascent = createPictureAscent({
      classId: 0,
      settings: ASCENT_PRESETS.paper,
      start: startOf('mean', GREY, random),
      network: flat,
      gradientCost: 3,
      drawer: loadDrawer(),
      genomeOf: directOfPicture,
      random,
    });
    expect(await ascent.next()).toBeDefined();
    expect(await ascent.next()).toBeUndefined();
  });
});
