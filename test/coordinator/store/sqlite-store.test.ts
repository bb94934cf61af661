import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readArchiveRows } from '../../../coordinator/checks/archive-rows.js';
import { faultsOf } from '../../../coordinator/checks/invariants.js';
import { connect } from '../../../coordinator/store/connection.js';
import { openSqliteReader } from '../../../coordinator/store/sqlite-reader.js';
import { createSqliteStore, openSqliteStore } from '../../../coordinator/store/sqlite-store.js';
import type { Store } from '../../../coordinator/store/store.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import { TWO_SENTENCES } from '../../sentences.js';
import { candidateOf, checkpointAt, eliteOf, labelsOf, temporaryDirectory } from '../fixtures.js';
import { jumpInto, NOTHING } from '../jumps.js';
import { describeStore } from '../store-conformance.js';

describeStore('sqlite', () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'archive.db');
  return {
    harness: {
      create: (labels) => createSqliteStore(path, labels),
      reopen(store) {
        store.close();
        return openSqliteStore(path);
      },
    },
    tearDown: directory.remove,
  };
});

describe('archive.db', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let path: string;
  beforeEach(() => {
    directory = temporaryDirectory();
    path = join(directory.path, 'archive.db');
  });
  afterEach(() => directory.remove());

  /** Commits `count` jumps of one class, each better than the last. */
  function climb(store: Store, count: number, from = 0): void {
    const archive = createArchive(1);
    const elites = Array.from({ length: count }, (_, i) =>
      eliteOf(0, (from + i + 1) / 100_000, candidateOf(from + i)),
    );
    store.commit({ ...NOTHING, jumps: elites.flatMap((elite) => jumpInto(archive, elite) ?? []) });
  }

  it('can be read while a run writes it, and shows only whole commits', () => {
    const store = createSqliteStore(path, labelsOf(1));
    climb(store, 3);
    const reader = openSqliteReader(path);
    expect(reader.history()).toHaveLength(3);
    climb(store, 2, 3);
    expect(reader.history()).toHaveLength(5);
    reader.close();
    store.close();
  });

  it('is one file, with no journal beside it, once it is closed', () => {
    const store = createSqliteStore(path, labelsOf(1));
    climb(store, 10);
    store.close();
    store.close();
    expect(readdirSync(directory.path)).toEqual(['archive.db']);
  });

  it('can be queried in words', () => {
    const store = createSqliteStore(path, ['school bus']);
    const parent = candidateOf(0);
    const archive = createArchive(1);
    const elites = [eliteOf(0, 0.5, parent), eliteOf(0, 0.75, candidateOf(1, 'cppn', parent))];
    const jumps = elites.flatMap((elite) => jumpInto(archive, elite, 1_700_000_000_000) ?? []);
    store.commit({ ...NOTHING, jumps });
    store.close();
    const connection = connect(path, 'read');
    expect(connection.rows('SELECT label, confidence, previous_confidence, date, parent FROM best')).toEqual([
      {
        label: 'school bus',
        confidence: 0.75,
        previous_confidence: 0.5,
        date: '2023-11-14 22:13:20',
        parent: parent.digest,
      },
    ]);
    connection.close();
  });

  /**
   * What earlier versions were: 5 had no forward passes of a jump, 4 kept no milestones, 3 no emitter's state either, 2 had no views of gaps and lines, 1 no
   * migration log.
   */
  function makeVersion(version: 1 | 2 | 3 | 4 | 5, file: string, jumps: number, won = jumps): void {
    const store = createSqliteStore(file, labelsOf(1));
    climb(store, jumps);
    const { totals, ...state } = checkpointAt(40);
    const island = { number: 0, worker: 'w', state: 'joining', device: 'cpu' } as const;
    const checkpoint = { ...state, totals: { ...totals, jumps: won } };
    store.commit({ ...NOTHING, islands: [{ ...island, checkpoint }] });
    store.close();
    const connection = connect(file, 'write');
    connection.exec('DROP VIEW best; DROP VIEW history; ALTER TABLE jump DROP COLUMN cost');
    if (version < 5) connection.exec('DROP TABLE milestone');
    if (version < 4) connection.exec('ALTER TABLE island DROP COLUMN emitter');
    if (version < 3) connection.exec('DROP VIEW gap; DROP VIEW lineage');
    if (version === 1) connection.exec('DROP TABLE migration');
    connection.exec(`PRAGMA user_version = ${version}`);
    connection.close();
  }

  const schemaOf = (file: string) => {
    const connection = connect(file, 'read');
    const rows = [
      ...connection
        .rows('SELECT type, name, sql FROM sqlite_master ORDER BY name')
        // A column that was added later stands on the same line.
        .map(({ sql, ...row }) => ({ ...row, sql: String(sql).replace(/\s+/g, ' ').replace(' )', ')') })),
      ...connection.rows('PRAGMA user_version'),
    ];
    connection.close();
    return rows;
  };

  it('of version 1 can be read as it is, and has no migrations', () => {
    makeVersion(1, path, 3);
    const before = readFileSync(path);
    const reader = openSqliteReader(path);
    expect([reader.history().length, reader.migrations()]).toEqual([3, []]);
    const kept = [reader.pastOf(0, 10), reader.lineOf(0, 10)].flatMap((past) =>
      past.kept.map((each) => each.kept),
    );
    expect(new Set(kept)).toEqual(new Set(['genome']));
    expect(reader.miniature('ab'.repeat(32))).toBeUndefined();
    reader.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([1, 2, 3, 4, 5] as const)(
    'of version %i becomes one of this version when a run goes on, beside who reads it, and loses nothing',
    (version) => {
      makeVersion(version, path, 3);
      const reader = openSqliteReader(path);
      const store = openSqliteStore(path);
      const migration = { time: 0, source: 1, island: 0, moved: 3, won: 2 };
      store.commit({ ...NOTHING, migrations: [migration] });
      climb(store, 2, 3);
      for (const one of [store, reader]) {
        expect([one.history().length, one.migrations()]).toEqual([5, [migration]]);
      }
      reader.close();
      store.close();
      const fresh = join(directory.path, 'fresh.db');
      createSqliteStore(fresh, labelsOf(1)).close();
      expect(schemaOf(path)).toEqual(schemaOf(fresh));
      openSqliteStore(path).close();
      expect(schemaOf(path)).toEqual(schemaOf(fresh));
    },
  );

  it.each([
    ['the forward passes of its islands, spread evenly', true, [3, 6, 9]],
    ['one for each evaluation, where it counted none', false, [1, 2, 3]],
  ] as const)('of version 5 has as forward passes of a jump %s', (_, counted, expected) => {
    const store = createSqliteStore(path, labelsOf(1));
    climb(store, 3);
    const { totals, ...state } = checkpointAt(40);
    const island = { number: 0, worker: 'w', state: 'joining', device: 'cpu' } as const;
    const checkpoint = { ...state, totals: { ...totals, cost: 120 } };
    store.commit({ ...NOTHING, islands: [{ ...island, checkpoint }] });
    store.close();
    const connection = connect(path, 'write');
    connection.exec('DROP VIEW best; DROP VIEW history; ALTER TABLE jump DROP COLUMN cost');
    if (!counted) connection.exec('ALTER TABLE island DROP COLUMN cost');
    connection.exec('PRAGMA user_version = 5');
    connection.close();
    const reader = openSqliteReader(path);
    const costs = () => [reader.history(), reader.jumpsAfter(0, 9), reader.pastOf(0, 9).kept].map(costsOf);
    const costsOf = (jumps: readonly { readonly cost: number }[]) => jumps.map(({ cost }) => cost);
    expect(costs()).toEqual([expected, expected, expected]);
    const again = openSqliteStore(path);
    expect(costsOf(again.history())).toEqual(expected);
    // What comes next has its own; what was spread stays.
    climb(again, 1, 3);
    expect(costs()).toEqual([
      [...expected, 4],
      [...expected, 4],
      [...expected, 4],
    ]);
    again.close();
    reader.close();
  });

  it('of an Atoll that had a counter less counts it from 0, and can be read before', () => {
    const store = createSqliteStore(path, labelsOf(1));
    const island = { number: 0, worker: 'w', state: 'joining', device: 'cpu' } as const;
    store.commit({ ...NOTHING, islands: [{ ...island, checkpoint: checkpointAt(40) }] });
    store.close();
    const connection = connect(path, 'write');
    connection.exec('ALTER TABLE island DROP COLUMN neutral');
    expect(faultsOf(readArchiveRows(connection, 'all'), 1)).toEqual([]);
    connection.close();
    const [checkpoint, later] = [40, 41].map((at) => checkpointAt(at));
    const totals = { ...checkpoint?.totals, neutral: 0 };
    const reader = openSqliteReader(path);
    expect(reader.islands()[0]?.checkpoint?.totals).toEqual(totals);
    reader.close();
    const again = openSqliteStore(path);
    expect(again.islands()[0]?.checkpoint?.totals).toEqual(totals);
    again.commit({ ...NOTHING, islands: [{ ...island, ...(later && { checkpoint: later }) }] });
    expect(again.islands()[0]?.checkpoint).toEqual(later);
    again.close();
  });

  it('of an earlier version says, once, what its islands did not report then', () => {
    makeVersion(2, path, 3, 20);
    openSqliteStore(path).close();
    openSqliteStore(path).close();
    const connection = connect(path, 'read');
    expect(connection.rows('SELECT island, dropped, from_evaluation, to_evaluation FROM gap')).toEqual([
      { island: 0, dropped: 17, from_evaluation: 1, to_evaluation: 40 },
    ]);
    connection.close();
  });

  it('shows the line of parents of every elite, and where it has gaps', () => {
    const store = createSqliteStore(path, labelsOf(2));
    const archive = createArchive(2);
    const first = candidateOf(0);
    const second = candidateOf(1, 'cppn', first);
    const third = candidateOf(2, 'cppn', second);
    const elites = [eliteOf(0, 0.1, first), eliteOf(0, 0.2, third), eliteOf(1, 0.1, second)];
    const jumps = elites.flatMap((elite) => jumpInto(archive, elite) ?? []);
    const detail = { island: 1, dropped: 4, fromEvaluation: 7, toEvaluation: 9 };
    store.commit({ ...NOTHING, jumps, events: [{ time: 5, kind: 'history-gap', detail }] });
    store.close();
    const connection = connect(path, 'read');
    const lines = connection.rows('SELECT label, digest FROM lineage ORDER BY label, island_evaluation DESC');
    expect(lines).toEqual([
      ...[third, second, first].map(({ digest }) => ({ label: 'label 0', digest })),
      ...[second, first].map(({ digest }) => ({ label: 'label 1', digest })),
    ]);
    expect(connection.rows('SELECT * FROM gap')).toEqual([
      { time: 5, island: 1, dropped: 4, from_evaluation: 7, to_evaluation: 9 },
    ]);
    connection.close();
  });

  it.each([
    ['a text file', (file: string) => writeFileSync(file, 'not a database at all '.repeat(400)), /SQLite/],
    [
      'an empty file',
      (file: string) => writeFileSync(file, ''),
      /is empty, or a database of another program/,
    ],
    [
      "another program's database",
      (file: string) => {
        const connection = connect(file, 'create');
        connection.exec('CREATE TABLE t (x)');
        connection.close();
      },
      /another program/,
    ],
    [
      'a later version',
      (file: string) => {
        createSqliteStore(file, ['a']).close();
        const connection = connect(file, 'write');
        connection.exec('PRAGMA user_version = 99');
        connection.close();
      },
      /version 99.*run\.yaml/,
    ],
    [
      'a truncated file',
      (file: string) => {
        const store = createSqliteStore(file, labelsOf(1));
        climb(store, 200);
        store.close();
        truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
      },
      /damaged/,
    ],
    [
      'a file with a page of rubbish',
      (file: string) => {
        const store = createSqliteStore(file, labelsOf(1));
        climb(store, 200);
        store.close();
        const bytes = readFileSync(file);
        bytes.fill(0xa5, bytes.length - 3 * 4096, bytes.length - 4096);
        writeFileSync(file, bytes);
      },
      /damaged/,
    ],
  ])('refuses %s in a sentence, and leaves it as it was', (_, make, sentence) => {
    make(path);
    const before = readFileSync(path);
    expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(() => openSqliteStore(path)).toThrow(sentence);
    expect(() => openSqliteStore(path)).toThrow(TWO_SENTENCES);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses a missing file in a sentence, and makes none', () => {
    expect(() => openSqliteStore(path)).toThrow(/database .*archive\.db cannot be opened/);
    expect(() => openSqliteReader(path)).toThrow(/database .*archive\.db cannot be opened/);
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('works under names that mean something in a URI', () => {
    const odd = join(directory.path, 'a?mode=ro#%41 b.db');
    const store = createSqliteStore(odd, labelsOf(1));
    climb(store, 1);
    store.close();
    expect(readdirSync(directory.path)).toEqual(['a?mode=ro#%41 b.db']);
  });

  /** A file system of 1 MiB, where this user may mount one. */
  function mountSmallDisk(): string | undefined {
    const disk = join(directory.path, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
      return disk;
    } catch {
      return undefined;
    }
  }

  it('on a full disk keeps every commit that it acknowledged, says so, and goes on when there is room', (context) => {
    const disk = mountSmallDisk();
    if (disk === undefined) return context.skip('may not mount a file system here');
    try {
      const file = join(disk, 'archive.db');
      let store = createSqliteStore(file, labelsOf(1));
      let acknowledged = 0;
      const fill = () => {
        for (;;) {
          climb(store, 20, acknowledged);
          acknowledged += 20;
        }
      };
      expect(fill).toThrow(expect.objectContaining({ code: 'ERR_DISK_FULL', exitCode: 4 }));
      expect(acknowledged).toBeGreaterThan(100);
      expect(store.history()).toHaveLength(acknowledged);
      store.close();
      execFileSync('mount', ['-o', 'remount,size=8m', disk]);
      store = openSqliteStore(file);
      expect(store.history()).toHaveLength(acknowledged);
      climb(store, 20, acknowledged);
      expect(store.history()).toHaveLength(acknowledged + 20);
      store.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  it('takes less than 150 bytes a jump besides the genomes', () => {
    const store = createSqliteStore(path, labelsOf(1000));
    const archive = createArchive(1000);
    let jumps = 0;
    for (let round = 0; round < 5; round++) {
      // One genome in fifty cells, as evolution does it.
      const elites = Array.from({ length: 1000 }, (_, classId) =>
        eliteOf(classId, (round + 1) / 10, candidateOf(round * 20 + (classId % 20))),
      );
      const batch = elites.flatMap((elite) => jumpInto(archive, elite, 1_700_000_000_000) ?? []);
      jumps += batch.length;
      store.commit({ ...NOTHING, jumps: batch });
    }
    const island = { number: 0, worker: 'w', state: 'live', device: 'cpu' } as const;
    store.commit({ ...NOTHING, islands: [{ ...island, checkpoint: checkpointAt(5) }] });
    store.close();
    expect(jumps).toBe(5000);
    expect(statSync(path).size / jumps).toBeLessThan(150);
  });
});
