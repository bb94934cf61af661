import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { misfit } from '../../../protocol/encodings/misfit.js';
import { PAPER_MUTATION } from '../../../protocol/encodings/mutation-spec.js';
import { genomeFault } from '../../../protocol/encodings/validate.js';
import { mutateGenome, randomGenome } from '../../../protocol/encodings/variation.js';

const SHAPES = [
  { encoding: 'cppn', canvas: 28, channels: 1, layers: DEFAULT_LAYERS },
  { encoding: 'cppn', canvas: 256, channels: 3, layers: DEFAULT_LAYERS },
  { encoding: 'direct', canvas: 28, channels: 1, layers: DEFAULT_LAYERS },
  { encoding: 'direct', canvas: 32, channels: 3, layers: DEFAULT_LAYERS },
  { encoding: 'dense', canvas: 28, channels: 1, layers: DEFAULT_LAYERS },
  { encoding: 'dense', canvas: 224, channels: 3, layers: { count: 2, width: 16 } },
] as const;

describe.each(SHAPES)('variation of $encoding on $canvas × $channels', (shape) => {
  it('starts with valid genomes of that shape and stays there', () => {
    const random = randomFrom(1);
    let genome = randomGenome(shape, random);
    for (let i = 0; i < 50; i++) {
      expect(genomeFault(genome)).toBeUndefined();
      expect(misfit(genome, shape)).toBeUndefined();
      genome = mutateGenome(genome, PAPER_MUTATION, i, random, { mate: randomGenome(shape, random) });
    }
  });

  it('gives the same from the same stream', () => {
    const parent = randomGenome(shape, randomFrom(2));
    expect(mutateGenome(parent, PAPER_MUTATION, 0, randomFrom(3))).toEqual(
      mutateGenome(parent, PAPER_MUTATION, 0, randomFrom(3)),
    );
  });
});

describe('variation of direct genomes', () => {
  const shape = { encoding: 'direct', canvas: 100, channels: 1, layers: DEFAULT_LAYERS } as const;
  const parent = randomGenome(shape, randomFrom(4));
  const genesOf = (genome: typeof parent) => (genome.encoding === 'direct' ? genome.genes : []);

  it('mutates less as generations pass', () => {
    const changed = (generation: number) => {
      const child = genesOf(mutateGenome(parent, PAPER_MUTATION, generation, randomFrom(5)));
      return Array.from(genesOf(parent)).filter((gene, i) => gene !== child[i]).length;
    };
    expect(changed(0)).toBeGreaterThan(850);
    expect(changed(3000)).toBeLessThan(200);
  });

  it('is crossed with its mate', () => {
    const mate = randomGenome(shape, randomFrom(6));
    const child = genesOf(mutateGenome(parent, { ...PAPER_MUTATION, rate: 0 }, 0, randomFrom(7), { mate }));
    const changed = Array.from(genesOf(parent)).filter((gene, i) => gene !== child[i]).length;
    expect(Math.abs(changed - 5000)).toBeLessThan(300);
  });
});
