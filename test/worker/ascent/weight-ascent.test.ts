import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { type TensorSpec, tensorLength } from '../../../protocol/drawing/tensor-spec.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { PAPER_MUTATION } from '../../../protocol/encodings/mutation-spec.js';
import { validateGenome } from '../../../protocol/encodings/validate.js';
import type { Sight } from '../../../worker/ascent/ascent.js';
import { createWeightAscent } from '../../../worker/ascent/weight-ascent.js';
import { type WeightSettings, weightSettings } from '../../../worker/ascent/weight-settings.js';
import { linearNetwork } from './linear-network.js';

const INPUT: TensorSpec = {
  layout: 'NHWC',
  width: 12,
  height: 10,
  channels: 'BGR',
  scale: [0.02, 0.018, 0.017],
  offset: [-2.1, -2, -1.8],
};

function network(scale = 0.1) {
  const random = randomFrom(3, 'weights');
  const length = tensorLength(INPUT);
  return linearNetwork(
    INPUT,
    Array.from({ length: 4 }, () => Float32Array.from({ length }, () => scale * standardNormal(random))),
  );
}

function ascentOf(
  encoding: 'dense' | 'cppn',
  change: Partial<WeightSettings> = {},
  { seed = 1, on = network() } = {},
) {
  return createWeightAscent({
    classId: 2,
    settings: { ...weightSettings('free', encoding === 'cppn'), ...change },
    shape: { encoding, canvas: 12, channels: 3, layers: DEFAULT_LAYERS },
    mutation: PAPER_MUTATION,
    network: on,
    gradientCost: 4,
    drawer: loadDrawer(),
    random: randomFrom(seed, 'ascent'),
  });
}

async function sightsOf(ascent: ReturnType<typeof ascentOf>): Promise<Sight[]> {
  const sights: Sight[] = [];
  for (let sight = await ascent.next(); sight; sight = await ascent.next()) sights.push(sight);
  return sights;
}

const confidenceOf = ({ confidences }: Sight) => confidences[2] ?? 0;

describe('an ascent of weights', () => {
  it.each(['dense', 'cppn'] as const)('gains far more than its start had: %s', async (encoding) => {
    const sights = await sightsOf(ascentOf(encoding, { steps: 150 }));
    const gain = Math.max(...sights.map(confidenceOf)) - confidenceOf(sights[0] as Sight);
    expect(gain).toBeGreaterThan(0.2);
    expect(sights).toHaveLength(151);
  });

  it.each(['dense', 'cppn'] as const)(
    'shows valid genomes, and what the network says of their pictures: %s',
    async (encoding) => {
      const on = network();
      const drawer = loadDrawer();
      for (const sight of await sightsOf(ascentOf(encoding, { steps: 40, jitter: 2 }, { on }))) {
        expect(() => validateGenome(sight.genome)).not.toThrow();
        const again = await on.classify(drawer.tensor([sight.genome], INPUT, 'single').slice(), 1);
        expect(again[2]).toBeCloseTo(confidenceOf(sight), 6);
      }
    },
  );

  it('begins its climb at the best of its starts, which cost a forward pass each', async () => {
    const sights = await sightsOf(ascentOf('cppn', { starts: 10, steps: 10 }));
    const best = sights.slice(0, 10).reduce((a, b) => (confidenceOf(b) > confidenceOf(a) ? b : a));
    expect(sights.map(({ cost }) => cost)).toEqual([...Array(10).fill(1), 4]);
    expect(sights[10]?.genome).toBe(best.genome);
  });

  it('looks at mutated children of its best genome when it gains nothing any more, and goes on', async () => {
    // A network without a direction: nothing is ever gained.
    const flat = linearNetwork(INPUT, [new Float32Array(360), new Float32Array(360), new Float32Array(360)]);
    const sights = await sightsOf(
      ascentOf('cppn', { starts: 1, patience: 3, children: 2, steps: 20 }, { on: flat }),
    );
    // One start; then, again and again, a look with a gradient that is 0, and two children.
    expect(sights.map(({ cost }) => cost).slice(0, 7)).toEqual([1, 4, 1, 1, 4, 1, 1]);
    expect(sights).toHaveLength(21);
  });

  it('is the same for the same seed, and another for another', async () => {
    const bytes = async (seed: number) =>
      (await sightsOf(ascentOf('cppn', { steps: 80, jitter: 1 }, { seed }))).map(({ genome }) =>
        encodeGenome(genome),
      );
    expect(await bytes(1)).toEqual(await bytes(1));
    expect(await bytes(2)).not.toEqual(await bytes(1));
  });
});
