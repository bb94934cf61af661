import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ArchiveRows,
  compareJumps,
  type EliteRow,
  faultsOf,
  historyUpTo,
  type IslandRow,
  isSound,
  type JumpRow,
} from '../../../coordinator/checks/invariants.js';

const digestOf = (genomeId: number) => String(genomeId).padStart(64, '0');

const jump = (id: number, classId: number, confidence: number, change: Partial<JumpRow> = {}): JumpRow => ({
  id,
  classId,
  genomeId: id,
  confidence,
  digest: digestOf(change.genomeId ?? id),
  hasBytes: true,
  ...change,
});

const JUMPS = [jump(1, 0, 0.25), jump(2, 1, 0.5), jump(3, 0, 0.75)];
const ELITES: readonly EliteRow[] = [
  { classId: 0, jumpId: 3, genomeId: 3, confidence: 0.75 },
  { classId: 1, jumpId: 2, genomeId: 2, confidence: 0.5 },
];
const ISLAND: IslandRow = { number: 0, randomBytes: 16, totals: [1, 2, 3], stateKnown: true };
const ROWS: ArchiveRows = { classIds: [0, 1, 2], elites: ELITES, jumps: JUMPS, islands: [ISLAND] };

describe('the invariants of an archive', () => {
  it('hold for what a run writes', () => {
    expect(faultsOf(ROWS, 3)).toEqual([]);
    expect(faultsOf({ classIds: [0], elites: [], jumps: [], islands: [] }, 1)).toEqual([]);
  });

  const first = (change: Partial<EliteRow>) => ({
    elites: [{ ...(ELITES[0] as EliteRow), ...change }, ELITES[1] as EliteRow],
  });
  const last = (change: Partial<JumpRow>) => ({
    jumps: [...JUMPS.slice(0, 2), { ...(JUMPS[2] as JumpRow), ...change }],
  });
  const withoutGenome: Partial<JumpRow> = { digest: '' };

  it.each<[string, Partial<ArchiveRows>, RegExp]>([
    [
      'an elite of another confidence',
      first({ confidence: 1.5 }),
      /class 0: .*1\.5, but its last jump has 0\.75/,
    ],
    ['an elite that is not the last jump', first({ jumpId: 1 }), /class 0: .*jump 1, but its last jump is 3/],
    ['an elite of a jump that is not there', first({ jumpId: 9 }), /class 0: .*jump 9/],
    ['an elite of another genome', first({ genomeId: 2 }), /class 0: .*genome 2, but/],
    ['an elite whose bytes are gone', last({ hasBytes: false }), /class 0: .*bytes are not stored/],
    [
      'an elite of no class',
      { elites: [...ELITES, { classId: 7, jumpId: 3, genomeId: 3, confidence: 1 }] },
      /class 7: there is no such class/,
    ],
    [
      'an elite without a jump',
      { elites: [...ELITES, { classId: 2, jumpId: 3, genomeId: 3, confidence: 0.75 }] },
      /class 2: .*no jump led to it/,
    ],
    ['jumps without an elite', { elites: ELITES.slice(1) }, /class 0: it has jumps, but no elite/],
    [
      'a class that goes down',
      { jumps: [...JUMPS, jump(4, 0, 0.5)] },
      /jump 4: class 0 goes down, from 0\.75 to 0\.5/,
    ],
    [
      'a tie that the greater digest won',
      { jumps: [...JUMPS, jump(4, 0, 0.75)] },
      /jump 4: class 0 goes down/,
    ],
    ['a confidence above 1', last({ confidence: 1.5 }), /jump 3: its confidence 1\.5/],
    ['a confidence below 0', last({ confidence: -0.5 }), /jump 3: its confidence -0\.5/],
    ['a confidence that is no number', last({ confidence: Number.NaN }), /jump 3: its confidence NaN/],
    [
      'an infinite confidence',
      last({ confidence: Number.POSITIVE_INFINITY }),
      /jump 3: its confidence Infinity/,
    ],
    ['a jump of no class', { jumps: [...JUMPS, jump(4, 9, 0.5)] }, /jump 4: its class 9 does not exist/],
    ['a class that is missing', { classIds: [0, 1] }, /2 rows, but the run has the classes 0 to 2/],
    ['a class of another number', { classIds: [0, 1, 3] }, /the table of classes/],
    ['a random stream that was cut', { islands: [{ ...ISLAND, randomBytes: 15 }] }, /island 0: .*15 bytes/],
    ['counters below 0', { islands: [{ ...ISLAND, totals: [1, -2, 3] }] }, /island 0: its counters/],
    [
      'a counter that is missing',
      { islands: [{ ...ISLAND, totals: [1, undefined, 3] }] },
      /island 0: its counters/,
    ],
    ['an island in no known state', { islands: [{ ...ISLAND, stateKnown: false }] }, /island 0: its state/],
  ])('%s is told', (_, change, says) => {
    const problems = faultsOf({ ...ROWS, ...change }, 3).map(({ problem }) => problem);
    expect(problems.join('\n')).toMatch(says);
  });

  it('a jump without its genome is told', () => {
    const { digest, ...bare } = { ...(JUMPS[2] as JumpRow), ...withoutGenome };
    expect(digest).toBe('');
    const [fault] = faultsOf({ ...ROWS, jumps: [...JUMPS.slice(0, 2), bare] }, 3);
    expect(fault?.problem).toBe('jump 3: its genome 3 does not exist');
  });

  it('a genome with the smaller digest takes a cell at the same confidence', () => {
    const tie = jump(4, 0, 0.75, { genomeId: 0 });
    const elites = [{ classId: 0, jumpId: 4, genomeId: 0, confidence: 0.75 }, ELITES[1] as EliteRow];
    expect(faultsOf({ ...ROWS, elites, jumps: [...JUMPS, tie] }, 3)).toEqual([]);
  });
});

describe('the history that is left when a cell is given to an earlier jump', () => {
  const histories = fc.array(fc.double({ min: -0.2, max: 1.2, noNaN: false }), {
    minLength: 1,
    maxLength: 30,
  });

  it('rises, ends with that jump, and holds every invariant', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (confidences, pick) => {
        const jumps = confidences.map((confidence, i) => jump(i + 1, 0, confidence));
        const sound = jumps.filter(isSound);
        const chosen = sound[pick % Math.max(1, sound.length)];
        const kept = historyUpTo(chosen, jumps, isSound);
        expect(kept.at(-1)).toBe(chosen);
        expect(kept.every((each, i) => i === 0 || compareJumps(each, kept[i - 1] as JumpRow) < 0)).toBe(true);
        const elites = chosen
          ? [{ classId: 0, jumpId: chosen.id, genomeId: chosen.genomeId, confidence: chosen.confidence }]
          : [];
        expect(faultsOf({ classIds: [0], elites, jumps: kept, islands: [] }, 1)).toEqual([]);
      }),
    );
  });

  it('is empty where nothing is to hold the cell', () => {
    expect(historyUpTo(undefined, JUMPS, isSound)).toEqual([]);
  });
});
