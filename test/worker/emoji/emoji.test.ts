import { statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { openModel } from '../../../worker/classifier/open.js';
import { EMOJI_CLASSES, emojiClasses, labelOf } from '../../../worker/emoji/classes.js';
import { drawEmoji } from '../../../worker/emoji/draw.js';
import { readCodePoints, readIcons } from '../../../worker/emoji/icons.js';
import { EMOJI_SIDE } from '../../../worker/emoji/plan.js';
import { EMOJI_SETS } from '../../../worker/emoji/sets.js';
import type { Model } from '../../../worker/model/model.js';

const everything = { has: () => true };

describe('the classes of emoji', () => {
  const hexadecimal = (value: number) => value.toString(16);
  const named = new Map(
    Array.from({ length: 1200 }, (_, i) => [hexadecimal(0x1f000 + 1200 - i), `emoji-${1200 - i}`] as const),
  );

  it('are the first thousand by code point that all sets have', () => {
    const without = { has: (name: string) => name !== 'emoji-2' };
    const classes = emojiClasses(named, [everything, without]);
    expect(classes).toHaveLength(EMOJI_CLASSES);
    expect(classes.slice(0, 2).map(({ name }) => name)).toEqual(['emoji-1', 'emoji-3']);
    expect(classes.at(-1)?.name).toBe('emoji-1001');
    expect(classes.map(labelOf)[0]).toBe('emoji 1');
    expect(() => emojiClasses(named, [{ has: () => false }])).toThrow(/found 0/);
  });

  it('leave out clock faces and what is made of several code points, but not its variation selector', () => {
    const special = [
      ['1', 'one'],
      ['1f550', 'one-oclock'],
      ['2-1f3fb', 'with-a-tone'],
      ['3-fe0f', 'three'],
    ] as const;
    const names = emojiClasses(new Map([...named, ...special]), [everything]).map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['one', 'three', 'emoji-1']);
    expect(names).not.toContain('one-oclock');
  });
});

describe('drawings', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atoll-emoji-'));
    await mkdir(join(directory, 'set'));
    const icons = { dot: { body: '<circle cx="8" cy="8" r="2" fill="#f00"/>' } };
    const aliases = { spot: { parent: 'dot' } };
    const json = JSON.stringify({ width: 16, height: 16, icons, aliases });
    await writeFile(join(directory, 'set', 'icons.json'), json);
    await writeFile(join(directory, 'set', 'chars.json'), JSON.stringify({ '1f534': 'dot' }));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('are read of a package, by their names and other names', async () => {
    const icons = await readIcons(join(directory, 'set'));
    expect(icons.has('dot') && icons.has('spot')).toBe(true);
    expect(icons.has('line')).toBe(false);
    expect(icons.drawing('spot')).toEqual(icons.drawing('dot'));
    expect(await readCodePoints(join(directory, 'set'))).toEqual(new Map([['1f534', 'dot']]));
  });

  it('fill the square, whatever margin their vendor leaves', async () => {
    const drawing = (await readIcons(join(directory, 'set'))).drawing('dot');
    const side = 32;
    const pixels = await drawEmoji(drawing?.svg ?? '', drawing?.width ?? 1, side);
    expect(pixels).toHaveLength(side * side * 4);
    const at = (x: number, y: number) => [...pixels.subarray(4 * (side * y + x), 4 * (side * y + x) + 4)];
    expect(at(16, 16)).toEqual([255, 0, 0, 255]);
    expect(at(1, 16)[3]).toBeGreaterThan(200);
    expect(at(0, 0)[3]).toBe(0);
  });
});

describe('the network of emoji that ships', () => {
  let model: Model;
  let classifier: Classifier;
  beforeAll(async () => {
    ({ model, classifier } = await openModel('emoji', {}, { engine: 'onnx', device: 'cpu' }));
  });
  afterAll(() => classifier.close());

  it('has a thousand classes with labels of their own, and is small enough to be committed', () => {
    expect(classifier.classes).toBe(EMOJI_CLASSES);
    expect(new Set(model.labels).size).toBe(EMOJI_CLASSES);
    expect(classifier.input).toMatchObject({ width: EMOJI_SIDE, height: EMOJI_SIDE, channels: 'RGB' });
    expect(model.files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(2_000_000);
  });

  it('names at least half of the drawings of a vendor that it does not know, as its card says with all licences', () => {
    expect(Number(model.about?.accuracy)).toBeGreaterThanOrEqual(0.5);
    const told = `${model.about?.data} ${model.about?.notes}`;
    for (const { name, license } of EMOJI_SETS) {
      expect(told).toContain(name);
      expect(told).toContain(license);
    }
    expect(model.about?.rebuild).toContain('npm run train:emoji');
  });

  it('gives confidences that add up to 1', async () => {
    const size = 3 * EMOJI_SIDE * EMOJI_SIDE;
    const row = await classifier.classify(new Float32Array(size).fill(1), 1);
    expect(row.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 4);
  });
});
