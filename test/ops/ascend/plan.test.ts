import { describe, expect, it } from 'vitest';
import { type AscentWishes, plan } from '../../../ops/ascend/plan.js';
import { ASCENT_PRESETS } from '../../../worker/ascent/settings.js';

const LABELS = ['zero', 'one', 'two'];
const wishes = (some: Partial<AscentWishes>): AscentWishes => ({
  class: 'one',
  encoding: 'direct',
  preset: 'free',
  ...some,
});
const planned = (some: Partial<AscentWishes>) => plan(wishes(some), LABELS, 1);

describe('the plan of ascents', () => {
  it('leads pixels of direct genomes, with every preset where they are compared', () => {
    const ascents = planned({ compare: true, steps: 7 });
    expect(ascents.map(({ preset }) => preset)).toEqual(Object.keys(ASCENT_PRESETS));
    expect(ascents.every(({ led, settings }) => led === 'pixels' && settings.steps === 7)).toBe(true);
  });

  it('has one preset of total variation, and it is the only one with it', () => {
    const smooth = planned({ compare: true }).filter(
      ({ led, settings }) =>
        led === 'pixels' && (settings as { variation: { share: number } }).variation.share > 0,
    );
    expect(smooth.map(({ preset }) => preset)).toEqual(['tv']);
  });

  it.each(['dense', 'cppn'] as const)(
    'leads weights of %s genomes, with the presets that are not about pixels',
    (encoding) => {
      const ascents = planned({ encoding, compare: true, from: 'noise', steps: 7 });
      expect(ascents.map(({ led, preset }) => [led, preset])).toEqual([
        ['weights', 'free'],
        ['weights', 'jitter'],
      ]);
      expect(ascents.map(({ settings }) => settings.jitter)).toEqual([0, 8]);
      expect(ascents.every(({ settings }) => settings.steps === 7)).toBe(true);
    },
  );

  it('begins a graph at the best of many, and genomes of one shape at one', () => {
    const starts = (encoding: 'dense' | 'cppn') =>
      planned({ encoding }).map(({ settings }) => 'starts' in settings && settings.starts);
    expect(starts('dense')).toEqual([1]);
    expect(starts('cppn')).toEqual([60]);
  });

  it.each<[Partial<AscentWishes>, RegExp]>([
    [
      { encoding: 'dense', preset: 'tv' },
      /--preset tv changes pixels, but genomes of the encoding dense are led by their weights/,
    ],
    [{ encoding: 'cppn', preset: 'paper' }, /--preset paper changes pixels/],
    [
      { encoding: 'dense', from: 'mean' },
      /--from mean is a picture, which a genome of the encoding dense cannot begin as/,
    ],
    [{ encoding: 'cppn', from: 'cat.png' }, /--from cat\.png is a picture/],
    [{ class: '0,1', compare: true }, /--class names 2/],
  ])('refuses what makes no sense together: %o', (some, says) => {
    expect(() => planned(some)).toThrow(says);
    expect(() => planned(some)).toThrow(expect.objectContaining({ code: 'ERR_ASCENT', exitCode: 2 }));
  });
});
