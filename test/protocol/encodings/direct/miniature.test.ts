import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../../protocol/drawing/load.js';
import type { DirectGenome } from '../../../../protocol/encodings/direct/genome.js';
import { directMiniature } from '../../../../protocol/encodings/direct/miniature.js';
import { formatOf } from '../../../../protocol/encodings/lookup.js';

function genomeOf(width: number, height: number, channels: 1 | 3): DirectGenome {
  const random = randomFrom(width, 'miniature');
  const genes = Uint16Array.from({ length: width * height * channels }, () => random.below(65_536));
  return { encoding: 'direct', width, height, channels, genes };
}

describe('a miniature', () => {
  const drawer = loadDrawer();

  it.each([
    [65, 65, 1],
    [224, 224, 3],
    [300, 150, 3],
    [127, 256, 1],
  ] as const)(
    'of %i × %i × %i draws at its own size what the genome draws there, byte for byte',
    (width, height, channels) => {
      const genome = genomeOf(width, height, channels);
      const little = directMiniature(genome, 64);
      expect(Math.max(little.width, little.height)).toBe(64);
      expect(formatOf(little).fault(little)).toBeUndefined();
      const drawn = drawer.pixels(little, little.width, little.height);
      expect(drawn).toEqual(drawer.pixels(genome, little.width, little.height));
    },
  );

  it('of a genome that is no larger is the genome', () => {
    for (const side of [1, 28, 64]) {
      const genome = genomeOf(side, side, 1);
      expect(directMiniature(genome, 64)).toBe(genome);
    }
  });
});
