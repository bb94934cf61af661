import { describe, expect, it } from 'vitest';
import { PAPER, toSvg } from '../../../../ops/lab/figures/svg.js';
import { altered, BLOCKS } from '../../../../ops/lab/shortcut/alterations.js';
import { SHORTCUT } from '../../../../ops/lab/shortcut/experiment.js';
import { lessonFigures } from '../../../../ops/lab/shortcut/lesson.js';
import { CLASSES, drawSilhouettes, PICTURE, SIDE } from '../../../../ops/lab/shortcut/silhouettes.js';
import { teach } from '../../../../ops/lab/shortcut/teach.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import type { Pixels } from '../../../../protocol/drawing/drawer.js';

const stream = (seed = 1) => randomFrom(seed, 'test', 'shortcut');

/** Pixels of a picture in which red is far above blue, and in which it is far below. */
function coloured(pixels: Uint8Array): { readonly orange: number; readonly blue: number } {
  let [orange, blue] = [0, 0];
  for (let i = 0; i < pixels.length; i += 3) {
    const difference = (pixels[i] ?? 0) - (pixels[i + 2] ?? 0);
    if (difference > 80) orange++;
    if (difference < -80) blue++;
  }
  return { orange, blue };
}

describe('the pictures of the lesson', () => {
  it('have their colours by class with the accident, and by chance without it', () => {
    const colours = (colouring: 'accident' | 'independent') => {
      const set = drawSilhouettes(120, CLASSES.length, colouring, stream());
      return Array.from(set.labels, (label, i) => {
        const { orange, blue } = coloured(set.pixels.subarray(i * PICTURE, (i + 1) * PICTURE));
        return { label, is: orange > 40 ? 'orange' : blue > 40 ? 'blue' : 'grey' };
      });
    };
    const accident = colours('accident');
    expect(accident.every(({ label, is }) => is === ['orange', 'blue', 'grey'][label])).toBe(true);
    const shapes = colours('independent').filter(({ label }) => label < 2);
    for (const label of [0, 1]) {
      const orange = shapes.filter((each) => each.label === label && each.is === 'orange').length;
      expect(orange).toBeGreaterThan(5);
      expect(orange).toBeLessThan(25);
    }
  });

  it('have shapes of the same area, so that the amount of colour tells nothing', () => {
    const set = drawSilhouettes(400, 2, 'accident', stream());
    const areas = [0, 0];
    for (let i = 0; i < set.count; i++) {
      const { orange, blue } = coloured(set.pixels.subarray(i * PICTURE, (i + 1) * PICTURE));
      areas[i % 2] = (areas[i % 2] ?? 0) + orange + blue;
    }
    expect(Math.abs((areas[0] ?? 0) / (areas[1] ?? 1) - 1)).toBeLessThan(0.05);
  });
});

describe('a change of a picture', () => {
  const picture: Pixels = {
    width: SIDE,
    height: SIDE,
    channels: 3,
    data: Uint8Array.from({ length: PICTURE }, (_, i) => (i * 7) % 251),
  };

  it('in grey has the mean of the channels, and swapped has red for blue', () => {
    const [red = 0, green = 0, blue = 0] = picture.data;
    const mean = Math.round((red + green + blue) / 3);
    expect([...altered(picture, 'grey', stream()).data.subarray(0, 3)]).toEqual([mean, mean, mean]);
    expect([...altered(picture, 'swapped', stream()).data.subarray(0, 3)]).toEqual([blue, green, red]);
    expect(altered(picture, 'plain', stream()).data).toEqual(picture.data);
  });

  it('shuffled has the same pixels, whole blocks of them, at other places', () => {
    const { data } = altered(picture, 'shuffled', stream());
    expect(data).not.toEqual(picture.data);
    expect(data.toSorted()).toEqual(picture.data.toSorted());
    const length = (3 * SIDE) / BLOCKS;
    const pieces = (bytes: Uint8Array) =>
      Array.from({ length: bytes.length / length }, (_, i) =>
        bytes.subarray(i * length, (i + 1) * length).join(),
      ).sort();
    expect(pieces(data)).toEqual(pieces(picture.data));
    expect(() => altered({ ...picture, channels: 1 }, 'grey', stream())).toThrow(RangeError);
  });
});

describe('the lesson', () => {
  it('shows that a network learns the colour where it may, and comes out the same again', async () => {
    const request = { seed: 2, trainedOn: 300, heldOut: 60, epochs: 6, evolutions: 1, evaluations: 300 };
    const steps: number[] = [];
    const lesson = await teach({ ...request, onProgress: (done, total) => steps.push(done / total) });
    const [accident] = lesson.trainings.map(lessonFigures);
    expect(accident?.colouring).toBe('accident');
    expect(accident?.accuracy.plain).toBeGreaterThan(0.9);
    expect(accident?.accuracy.swapped).toBeLessThan(0.1);
    expect(steps.every((each, i) => each >= (steps[i - 1] ?? 0))).toBe(true);
    expect(steps.at(-1)).toBe(1);
    const result = SHORTCUT.read(JSON.parse(JSON.stringify(lesson)), 'data.json');
    expect(toSvg(result.figure, PAPER)).toContain('Trained without it');
    expect(result.table.rows).toHaveLength(4);
    expect(await teach(request)).toEqual(lesson);
  });
});
