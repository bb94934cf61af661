import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { constraintSchema, viewOf } from '../../../protocol/spec/constraint-spec.js';
import { forwardPasses } from '../../../protocol/spec/forward-passes.js';
import { NAMED_VIEWS, nameOfViews, viewsOf } from '../../../protocol/spec/named-views.js';
import type { RunSpecInput } from '../../../protocol/spec/run-spec.js';
import { constrained } from '../../../worker/constraints/constrained-classifier.js';
import { viewMaker } from '../../../worker/constraints/view.js';
import type { Planes } from '../../../worker/pixels/planes.js';
import { CLASSES, createStripes, foundIsland, SIDE, stripesSpec } from '../island/fixtures.js';

const random = randomFrom(4, 'constraints');
const SQUARE = { width: 16, height: 16, channels: 3 } as const;

function picture(): Planes {
  const levels = Float32Array.from({ length: 3 * 256 }, () => random.below(256));
  return { ...SQUARE, levels };
}

async function seen(text: string, planes: Planes): Promise<Planes> {
  const view = viewOf(text);
  if (view === undefined) throw new Error(`no view ${text}`);
  return viewMaker(view, planes)(planes);
}

const at = ({ levels, width }: Planes, x: number, y: number) => levels[y * width + x];

describe('a view of a picture', () => {
  it.each(['shift:0x0', 'scale:1', 'rotate:0'])('%s is the picture itself', async (text) => {
    const planes = picture();
    expect((await seen(text, planes)).levels).toEqual(planes.levels);
  });

  it('is shifted by shares of the sides, right and down, and mirrored beyond the edge', async () => {
    const planes = picture();
    const shifted = await seen('shift:0.25x-0.125', planes);
    expect(at(shifted, 9, 5)).toBe(at(planes, 5, 7));
    expect(at(shifted, 0, 0)).toBe(at(planes, 4, 2));
    expect(at(shifted, 3, 0)).toBe(at(planes, 1, 2));
  });

  it('is turned clockwise: a quarter turn takes the upper left corner to the upper right, four change nothing', async () => {
    const planes = picture();
    const turned = await seen('rotate:90', planes);
    expect(at(turned, 15, 0)).toBe(at(planes, 0, 0));
    let round = planes;
    for (let turn = 0; turn < 4; turn++) round = await seen('rotate:90', round);
    expect(round.levels).toEqual(planes.levels);
  });

  it('is scaled about its middle: at twice the size its middle half fills it', async () => {
    const levels = Float32Array.from({ length: 3 * 256 }, (_, i) => 10 * (i % 16));
    const scaled = await seen('scale:2', { ...SQUARE, levels });
    // Column x comes from 7.5 + (x − 7.5) / 2.
    expect(at(scaled, 0, 8)).toBe(Math.round(10 * 3.75));
    expect(at(scaled, 15, 8)).toBe(Math.round(10 * 11.25));
  });

  it('has the noise that was asked for, the same every time', async () => {
    const planes = { ...SQUARE, levels: new Float32Array(3 * 256).fill(128) };
    const [one, same] = [await seen('noise:10', planes), await seen('noise:10', planes)];
    expect(same.levels).toEqual(one.levels);
    const deviation = Math.sqrt(one.levels.reduce((sum, level) => sum + (level - 128) ** 2, 0) / 768);
    expect(deviation).toBeGreaterThan(9);
    expect(deviation).toBeLessThan(11);
  });

  it('is what JPEG leaves of it: nearly all of a smooth picture, less of noise, less still at a low quality', async () => {
    const smooth = {
      ...SQUARE,
      levels: Float32Array.from({ length: 3 * 256 }, (_, i) => 40 + 10 * (i % 16)),
    };
    const loss = async (planes: Planes, quality: number) => {
      const { levels } = await seen(`jpeg:${quality}`, planes);
      return (
        levels.reduce((sum, level, i) => sum + Math.abs(level - (planes.levels[i] ?? 0)), 0) / levels.length
      );
    };
    const noisy = picture();
    expect(await loss(smooth, 95)).toBeLessThan(2);
    expect(await loss(noisy, 95)).toBeGreaterThan(2);
    expect(await loss(noisy, 10)).toBeGreaterThan(await loss(noisy, 95));
  });
});

describe('a classifier under constraints', () => {
  const image = () => Float32Array.from({ length: SIDE * SIDE }, () => random.below(256) / 255);

  it('gives the least confidence of all views, or their mean', async () => {
    const plain = createStripes();
    const views = ['shift:0.25x0', 'rotate:90'];
    const tensor = image();
    const planes: Planes = {
      width: SIDE,
      height: SIDE,
      channels: 1,
      levels: tensor.map((value) => value * 255),
    };
    const shown = [planes, await seen('shift:0.25x0', planes), await seen('rotate:90', planes)];
    const rows = await Promise.all(
      shown.map(({ levels }) =>
        plain.classify(
          levels.map((level) => level / 255),
          1,
        ),
      ),
    );
    const least = await constrained(plain, { views, reduce: 'minimum' }).classify(tensor, 1);
    const mean = await constrained(plain, { views, reduce: 'mean' }).classify(tensor, 1);
    for (let classId = 0; classId < CLASSES; classId++) {
      const each = rows.map((row) => row[classId] ?? 0);
      expect(least[classId]).toBeCloseTo(Math.min(...each), 5);
      expect(mean[classId]).toBeCloseTo(each.reduce((sum, value) => sum + value, 0) / 3, 5);
    }
  });

  it('takes images one by one or together alike', async () => {
    const classifier = constrained(createStripes(), { views: ['blur:1', 'noise:20'], reduce: 'minimum' });
    const [one, other] = [image(), image()];
    const together = new Float32Array(2 * one.length);
    together.set(one);
    together.set(other, one.length);
    const rows = await classifier.classify(together, 2);
    expect(rows.subarray(0, CLASSES)).toEqual(await classifier.classify(one, 1));
    expect(rows.subarray(CLASSES)).toEqual(await classifier.classify(other, 1));
  });

  it('is the classifier itself where there are none', () => {
    const plain = createStripes();
    expect(constrained(plain, { views: [], reduce: 'minimum' })).toBe(plain);
  });
});

describe('views by name', () => {
  it.each(Object.entries(NAMED_VIEWS))('%s are views that a spec takes, each once', (name, views) => {
    expect(constraintSchema.safeParse({ views: [...views], reduce: 'minimum' }).success).toBe(true);
    expect(new Set(views).size).toBe(views.length);
    expect(nameOfViews(viewsOf(name))).toBe(name);
  });

  it('are listed with others, and no view twice', () => {
    expect(viewsOf('shifts, blur:2,shift:0.07x0')).toEqual([...(NAMED_VIEWS.shifts ?? []), 'blur:2']);
    expect(nameOfViews(['blur:2', 'jpeg:40'])).toBe('blur:2, jpeg:40');
    expect(nameOfViews([])).toBe('none');
  });
});

describe('what an evaluation counts as', () => {
  it('is a forward pass for each network and each view; a gradient is of the image alone', () => {
    const passes = (input: RunSpecInput, others = 0) => {
      const spec = stripesSpec({ evolution: { gradientCost: 3, ...input.evolution } });
      const digests = Array.from({ length: others }, () => 'cd'.repeat(32));
      return forwardPasses({ ...spec, objective: { ...spec.objective, digests } });
    };
    const views = ['blur:1', 'shift:0.1x0'];
    expect(passes({})).toEqual({ plain: 1, gradient: 3 });
    expect(passes({ evolution: { constraints: { views } } })).toEqual({ plain: 3, gradient: 5 });
    expect(passes({ evolution: { constraints: { views } } }, 1)).toEqual({ plain: 6, gradient: 10 });
  });

  it('is what an island counts', async () => {
    const spec = stripesSpec({ evolution: { constraints: { views: ['blur:1'] } } });
    const island = foundIsland(spec, undefined, constrained(createStripes(), spec.evolution.constraints));
    const won = await island.step(8);
    expect(island.totals).toMatchObject({ evaluations: 4, cost: 8 });
    expect(won.length).toBeGreaterThan(0);
    for (const { candidate } of won) expect(candidate.cost).toBe(2 * candidate.evaluation);
  });
});

it.each([
  'shift:1x0',
  'shift:0.1',
  'scale:0',
  'rotate:200',
  'noise:0',
  'blur:-1',
  'jpeg:0',
  'jpeg:4.5',
  'zoom:2',
  '',
])('a spec refuses the view %j', (text) => {
  expect(constraintSchema.safeParse({ views: [text], reduce: 'minimum' }).success).toBe(false);
});
