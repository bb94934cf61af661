import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { textWidth } from '../../../coordinator/export/lettering.js';
import type { IslandRecord, StoredGenome } from '../../../coordinator/store/store.js';
import { apart } from '../../../ops/lab/figures/chord.js';
import type { Figure } from '../../../ops/lab/figures/shape.js';
import { citationOf } from '../../../ops/lab/report/citation.js';
import { closestClasses } from '../../../ops/lab/report/closest-classes.js';
import { emitterFigure, emitterTable, paidShares } from '../../../ops/lab/report/emitter-shares.js';
import { chordFigure } from '../../../ops/lab/report/goal-chords.js';
import { countSwitches, switchFigure, switchTable } from '../../../ops/lab/report/goal-switches.js';
import { lineOf, mostTravelled, stations } from '../../../ops/lab/report/lineage.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';
import { NO_TOTALS, type Totals } from '../../../protocol/wire/totals.js';

/** Genomes with the parents that are said: `name: [parent, the class that it held]`. */
function family(parents: Readonly<Record<string, readonly [string, number] | undefined>>) {
  const genomes = new Map(
    Object.entries(parents).map(([digest, parent], i): [string, StoredGenome] => [
      digest,
      {
        ...{ digest, encoding: 'cppn', size: 1, island: 0, evaluation: i },
        ...(parent && { parent: { digest: parent[0], classId: parent[1] } }),
      },
    ]),
  );
  return (digest: string) => genomes.get(digest);
}

describe('goal switches', () => {
  const counted = countSwitches(
    [
      { from: 0, to: 1 },
      { from: 0, to: 1 },
      { from: 2, to: 2 },
      { from: 1, to: 0 },
    ],
    3,
  );

  it('are counted by the class that the parent held; a child in its parent’s class is none', () => {
    expect(counted.total).toBe(3);
    expect(switchTable(counted, ['a', 'b', 'c'], 9).rows).toEqual([
      ['a', 'b', 2],
      ['b', 'a', 1],
    ]);
  });

  it('are shown as a matrix of all classes, or of those with most where there are many', () => {
    expect(
      switchFigure(counted, ['a', 'b', 'c']).shapes.filter(({ kind }) => kind === 'rectangle'),
    ).toHaveLength(6);
    const many = countSwitches([{ from: 99, to: 3 }], 100);
    const names = Array.from({ length: 100 }, (_, i) => `label ${i}`);
    const shown = switchFigure(many, names).shapes.flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    );
    expect(shown).toEqual(expect.arrayContaining(['label 99', 'label 3']));
  });
});

describe('goal switches as arrows', () => {
  const shapesOf = (figure: Figure | undefined) =>
    figure?.shapes.flatMap((shape) => (shape.kind === 'group' ? shape.shapes : [shape])) ?? [];
  const titlesOf = (figure: Figure | undefined) =>
    shapesOf(figure).flatMap((shape) => (shape.kind === 'path' && shape.title ? [shape.title] : []));

  it('are one for each pair between which there were some, with how many, and a ring for each class', () => {
    const counted = countSwitches(
      [...Array(3).fill({ from: 0, to: 1 }), { from: 1, to: 0 }, { from: 2, to: 2 }],
      4,
    );
    expect(titlesOf(chordFigure(counted, ['a', 'b', 'c', 'd']))).toEqual([
      ...['a to b: 3', 'b to a: 1'],
      ...['a: 4 to and from others', 'b: 4 to and from others'],
    ]);
  });

  it('are none where there were none', () => {
    expect(chordFigure(countSwitches([{ from: 1, to: 1 }], 3), ['a', 'b', 'c'])).toBeUndefined();
  });

  it('are shown between the twenty of a thousand classes that traded most with each other, and say so', () => {
    const random = randomFrom(1, 'test', 'switches');
    const planted = Array.from({ length: 20 }, (_, i) => 37 * i + 5);
    const among = planted.flatMap((from) => planted.map((to) => ({ from, to })));
    // A class that trades much, but with everybody.
    const hub = Array.from({ length: 990 }, (_, to) => ({ from: 999, to }));
    const noise = Array.from({ length: 5000 }, () => ({ from: random.below(1000), to: random.below(1000) }));
    const switches = countSwitches([...among, ...hub, ...noise], 1000);
    expect(closestClasses(switches, 20)).toEqual(planted);
    const figure = chordFigure(switches, planted.map(String));
    expect(figure?.says).toMatch(
      /^Goal switches between classes\. 3\d\d of [\d,]+: those between the 20 of 1,000 classes/,
    );
  });

  it('have names that do not overlap, however small their arcs, and nothing outside of the figure', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6283), { minLength: 1, maxLength: 20 }), (thousandths) => {
        const angles = thousandths.map((each) => each / 1000).sort((a, b) => a - b);
        const moved = apart(angles, 0.06).sort((a, b) => a - b);
        const gaps = moved.map((angle, i) => (moved[i + 1] ?? (moved[0] ?? 0) + 2 * Math.PI) - angle);
        expect(Math.min(...gaps)).toBeGreaterThan(0.055);
      }),
    );
    const lengths = [100_000, 1, 1, 1, 1, 1, 100_000];
    const descents = lengths.flatMap((count, i) =>
      Array.from({ length: Math.ceil(count / 100) }, () => ({ from: i, to: (i + 1) % 7 })),
    );
    const names = lengths.map((_, i) => `a long name of class ${i}`);
    const figure = chordFigure(countSwitches(descents, 7), names);
    const [circle] = figure?.shapes.filter((shape) => shape.kind === 'group') ?? [];
    if (figure === undefined || circle?.kind !== 'group') throw new Error('expected a circle');
    for (const shape of circle.shapes) {
      if (shape.kind !== 'text') continue;
      const angle = ((shape.turn ?? 0) * Math.PI) / 180;
      const length = textWidth(shape.text, shape.size) * (shape.anchor === 'end' ? -1 : 1);
      const [x, y] = [
        circle.x + shape.x + length * Math.cos(angle),
        circle.y + shape.y + length * Math.sin(angle),
      ];
      expect(x > 0 && x < figure.width && y > 0 && y < figure.height).toBe(true);
    }
  });
});

describe('what emitters made of a run', () => {
  const island = (number: number, totals: Partial<Totals>): IslandRecord => ({
    ...{ number, worker: 'w', state: 'done', device: 'cpu' },
    checkpoint: { random: new Uint8Array(16), totals: { ...NO_TOTALS, ...totals } },
  });
  const islands = () => [
    island(0, { gradientEvaluations: 10, gradientCost: 40, gradientImprovement: 6, cost: 70 }),
    island(1, {
      gradientEvaluations: 5,
      gradientCost: 20,
      gradientImprovement: 3,
      mutationCost: 20,
      mutationEvaluations: 20,
      mutationImprovement: 1,
    }),
    { number: 2, worker: 'new', state: 'joining', device: '' } as const,
  ];

  it('is added up over islands: shares of their forward passes, and the gain that each pass brought', () => {
    const shares = paidShares({ islands }, ['mutation', 'gradient', 'cma']);
    expect(shares).toEqual([
      { emitter: 'mutation', evaluations: 20, cost: 20, improvement: 1, share: 0.25, pay: 0.05 },
      { emitter: 'gradient', evaluations: 15, cost: 60, improvement: 9, share: 0.75, pay: 0.15 },
      { emitter: 'cma', evaluations: 0, cost: 0, improvement: 0, share: 0 },
    ]);
    expect(emitterTable(shares).rows[2]).toEqual(['cma', 0, 0, 0, 0, null]);
    const texts = emitterFigure(shares).shapes.flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    );
    expect(texts).toEqual(expect.arrayContaining(['gradient', '75.0 %', '0.150', '0.000']));
  });

  it('is nothing yet before the first checkpoint', () => {
    expect(paidShares({ islands: () => [] }, ['mutation', 'cma']).map(({ share }) => share)).toEqual([0, 0]);
  });
});

describe('a lineage', () => {
  const lookup = family({
    root: undefined,
    child: ['root', 4],
    grandchild: ['child', 7],
    other: ['root', 4],
  });

  it('leads from the oldest ancestor to the elite, and counts how often its class changed', () => {
    const found = lineOf({ classId: 1, digest: 'grandchild' }, lookup);
    expect(found.line.map(({ genome, classId }) => [genome.digest, classId])).toEqual([
      ['root', 4],
      ['child', 7],
      ['grandchild', 1],
    ]);
    expect(found.switches).toBe(2);
  });

  it('ends where it comes back to itself, and where an ancestor is not stored', () => {
    const strange = family({ a: ['b', 0], b: ['a', 0], c: ['gone', 2] });
    expect(lineOf({ classId: 0, digest: 'a' }, strange).line).toHaveLength(2);
    expect(lineOf({ classId: 0, digest: 'c' }, strange).line).toHaveLength(1);
  });

  it('is chosen as the most travelled, with how many elites descend from each of its members', () => {
    const elites = [
      { classId: 4, digest: 'other' },
      { classId: 1, digest: 'grandchild' },
    ];
    const found = mostTravelled(elites, lookup);
    expect(found?.switches).toBe(2);
    expect(found?.descendants.get('root')).toBe(2);
    expect(found?.descendants.get('child')).toBe(1);
    expect(mostTravelled([], lookup)).toBeUndefined();
  });

  it('is shown at its turns: the first, the last, and at most so many between', () => {
    const names = Array.from({ length: 50 }, (_, i) => `g${i}`);
    const long = family(
      Object.fromEntries(names.map((name, i) => [name, i === 0 ? undefined : [`g${i - 1}`, i % 2]])),
    );
    const shown = stations(lineOf({ classId: 9, digest: 'g49' }, long), 10);
    expect(shown).toHaveLength(10);
    expect([shown[0]?.genome.digest, shown.at(-1)?.genome.digest]).toEqual(['g0', 'g49']);
  });
});

describe('a citation file', () => {
  it('has all that the format asks for, and the digests', () => {
    const spec = { name: 'night', model: 'digits', modelDigest: 'ab'.repeat(32) } as RunSpec;
    const run = { spec, created: new Date(0), versions: { atoll: '1.2.3', node: 'v20', engine: 'onnx' } };
    const cff = parse(citationOf(run, 'cd'.repeat(32), ['Ada: "L"'])) as Record<string, unknown>;
    expect(cff).toMatchObject({
      ...{
        'cff-version': '1.2.0',
        type: 'dataset',
        authors: [{ name: 'Ada: "L"' }],
        'date-released': '1970-01-01',
      },
    });
    expect(JSON.stringify(cff.identifiers)).toContain('ab'.repeat(32));
    expect(parse(citationOf(run, '', []))).toHaveProperty('authors.0.name');
  });
});
