import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { runAtoll } from './atoll.js';
import { callAtoll } from './call.js';
import { alterArchive, copyRun, editRunFile, evolveSmallRun } from './small-run.js';

/** A run is what its directory says: whatever was changed in it is told, mended, or of no importance. */

let root: string;
let run: string;
let copies = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-changed-'));
  run = await evolveSmallRun(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const copy = () => copyRun(run, join(root, `copies/${copies++}`));

/** One sentence of Atoll's own, which ends the command. */
function expectSentence(stderr: string, says: RegExp): void {
  const said = stderr.split('\n').filter((line) => line.startsWith('atoll: '));
  expect(said, stderr).toHaveLength(1);
  expect(said[0]).toMatch(says);
  expect(stderr).not.toMatch(/^\s+at |ERR_INTERNAL/m);
}

const RESUME = (directory: string, evaluations = 500) => [
  ...['up', '--resume', directory, '--evaluations', String(evaluations), '--json'],
];

/** With its workers, whose file is only beside the built command line. */
const resume = (directory: string) => runAtoll(RESUME(directory));

/** In this process: no worker is started. */
const tryToResume = (directory: string, evaluations?: number) => callAtoll(RESUME(directory, evaluations));

describe('run.yaml, edited,', () => {
  it.each<[string, RegExp, string, RegExp]>([
    [
      'seed',
      /seed: 7/,
      'seed: 5',
      /run\.yaml says seed 5, but this run was begun with seed 7\. Restore seed: 7 in \S+run\.yaml, or start a new run/,
    ],
    ['encoding', /encoding: cppn/, 'encoding: direct', /says encoding direct, .* begun with encoding cppn/],
    ['classes', /classes: 10/, 'classes: 12', /says classes 12, .* begun with classes 10/],
    ['canvas', /canvas: 28/, 'canvas: 32', /canvas 32/],
    ['channels', /channels: 1/, 'channels: 3', /channels 3/],
    ['islands', /islands: 1/, 'islands: 2', /islands 2/],
    ['batch', /batch: \d+/, 'batch: 3', /batch 3/],
    ['views', /views: single/, 'views: ten-crop', /views ten-crop/],
    ['preset', /preset: default/, 'preset: paper', /preset paper/],
    ['engine', /engine: onnx\n/, 'engine: tensorflow\n', /engine tensorflow/],
    ['model', /model: digits/, 'model: other', /model other/],
    [
      'the digest of the model',
      /modelDigest: [0-9a-f]{64}/,
      `modelDigest: "${'ab'.repeat(32)}"`,
      /modelDigest abab/,
    ],
    ['name', /name: small/, 'name: large', /name large/],
    ['created', /created: \S+/, 'created: 2020-01-01T00:00:00.000Z', /created 2020/],
    ['a key inside of another', /eta: 15/, 'eta: 16', /evolution\.mutation\.eta 16, .* 15/],
    ['the migration', /topology: full/, 'topology: ring', /migration\.topology ring/],
    ['an impossible value', /islands: 1/, 'islands: 0', /islands/],
    ['an unknown key', /seed: 7/, 'seed: 7\n  colour: red', /colour/],
    ['a name that leads elsewhere', /name: small/, 'name: ../small', /name/],
    ['nothing but the end', /budget:[\s\S]*/, '', /budget/],
  ])('in %s, is refused in a sentence by whoever goes on with it', async (_, from, to, says) => {
    const directory = await copy();
    await editRunFile(directory, from, to);
    const { code, stderr } = await tryToResume(directory);
    expect(code, stderr).toBe(2);
    expectSentence(stderr, says);
  });

  it('is refused by verify too, which does not take the run for what it is not', async () => {
    const directory = await copy();
    await editRunFile(directory, /encoding: cppn/, 'encoding: direct');
    const { code, stderr } = await callAtoll(['verify', directory]);
    expect(code).toBe(2);
    expectSentence(stderr, /begun with encoding cppn/);
  });

  it('may have another budget and another device', async () => {
    const directory = await copy();
    await editRunFile(directory, /minutes: 0/, 'minutes: 5');
    const { code, stderr, stdout } = await resume(directory);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ evaluations: 500 });
  });
});

describe('a run of an earlier Atoll, whose archive keeps no spec,', () => {
  it.each<[string, RegExp, string, RegExp]>([
    ['classes', /classes: 10/, 'classes: 12', /says classes 12, but the archive of this run has 10/],
    ['encoding', /encoding: cppn/, 'encoding: direct', /its encoding is cppn, but the run's is direct/],
    ['canvas', /canvas: 28/, 'canvas: 32', /its canvas is 28, but the run's is 32/],
    ['channels', /channels: 1/, 'channels: 3', /it has 1 channels, but the run has 3/],
  ])('is held to what the archive shows: %s', async (_, from, to, says) => {
    const directory = await copy();
    alterArchive(directory, 'DROP TABLE spec');
    await editRunFile(directory, from, to);
    const { code, stderr } = await tryToResume(directory);
    expect(code, stderr).toBe(2);
    expectSentence(stderr, says);
  });

  it('is adopted when it is continued, and held to its spec from then on', async () => {
    const directory = await copy();
    alterArchive(directory, 'DROP TABLE spec');
    expect((await resume(directory)).code).toBe(0);
    await editRunFile(directory, /seed: 7/, 'seed: 8');
    const { code, stderr } = await tryToResume(directory, 600);
    expect(code).toBe(2);
    expectSentence(stderr, /begun with seed 7/);
  });
});

const ELITE = '(SELECT jump_id FROM elite WHERE class_id = 3)';
const GENOME = '(SELECT genome_id FROM elite WHERE class_id = 3)';

interface Damage {
  readonly sql: string;
  readonly says: RegExp;
  /** Whether it is found when the run is continued, too; else it does no harm there. */
  readonly stops: boolean;
  /** Whether another elite, or none, holds the cell afterwards. */
  readonly loses?: boolean;
  /** Whether the mended run is continued here: one of each kind of repair is. */
  readonly goesOn?: boolean;
}

const DAMAGE: Readonly<Record<string, Damage>> = {
  'an elite of confidence 1.5': {
    sql: 'UPDATE elite SET confidence = 1.5 WHERE class_id = 3',
    says: /class 3: its elite has the confidence 1\.5/,
    goesOn: true,
    stops: true,
  },
  'an elite that is an earlier jump': {
    sql: 'UPDATE elite SET jump_id = (SELECT min(id) FROM jump WHERE class_id = 3) WHERE class_id = 3',
    says: /class 3: its elite is from jump/,
    stops: true,
  },
  'an elite with the genome of another': {
    sql: 'UPDATE elite SET genome_id = (SELECT genome_id FROM elite WHERE class_id = 4) WHERE class_id = 3',
    says: /class 3: its elite has genome/,
    stops: true,
  },
  'an elite that was deleted': {
    sql: 'DELETE FROM elite WHERE class_id = 3',
    says: /class 3: it has jumps, but no elite/,
    stops: true,
  },
  'an elite of a class that is not there': {
    sql: 'UPDATE elite SET class_id = 77 WHERE class_id = 3',
    says: /class 77: there is no such class/,
    stops: true,
  },
  'a jump that is too good to be true': {
    sql: `UPDATE jump SET confidence = 0.99999 WHERE id = ${ELITE}; UPDATE elite SET confidence = 0.99999 WHERE class_id = 3`,
    says: /differ by more than/,
    stops: false,
    loses: true,
  },
  'a jump beyond 1': {
    sql: `UPDATE jump SET confidence = 2 WHERE id = ${ELITE}; UPDATE elite SET confidence = 2 WHERE class_id = 3`,
    says: /its confidence 2 is not between 0 and 1/,
    stops: true,
    loses: true,
  },
  'a class that went down': {
    sql: `UPDATE jump SET confidence = 1 WHERE id = (SELECT min(id) FROM jump WHERE class_id = 3)`,
    says: /class 3 goes down|differ by more than/,
    stops: false,
  },
  'a genome whose bytes were changed': {
    sql: `UPDATE genome SET bytes = CAST(bytes || x'00' AS BLOB) WHERE id = ${GENOME}`,
    says: /its digest is not that of its bytes/,
    stops: true,
    loses: true,
  },
  'a genome whose bytes are gone': {
    sql: `UPDATE genome SET bytes = NULL WHERE id = ${GENOME}`,
    says: /whose bytes are not stored/,
    stops: true,
    loses: true,
  },
  'a genome that was deleted': {
    sql: `DELETE FROM genome WHERE id = ${GENOME}`,
    says: /its genome \d+ does not exist/,
    goesOn: true,
    stops: true,
    loses: true,
  },
  'a genome of another encoding': {
    sql: `UPDATE genome SET encoding = 'direct' WHERE id = ${GENOME}`,
    says: /its encoding is direct/,
    stops: false,
  },
  'a milestone that is no genome': {
    sql: "INSERT INTO milestone (class_id, step, genome_id, bytes) SELECT 3, 0, min(id), x'00' FROM genome",
    says: /milestone 1: /,
    stops: false,
  },
  'an island whose random stream was cut': {
    sql: "UPDATE island SET random = x'0102'",
    says: /island 0: its random stream has 2 bytes/,
    goesOn: true,
    stops: true,
  },
  'an island that counts below 0': {
    sql: 'UPDATE island SET jumps = -1',
    says: /island 0: its counters/,
    stops: true,
  },
  'an island in a state of its own': {
    sql: "UPDATE island SET state = 'asleep'",
    says: /island 0: its state/,
    stops: true,
  },
};

describe('an archive with', () => {
  it.each(Object.entries(DAMAGE))('%s is told by verify, and mended by --repair', async (_, damage) => {
    const directory = await copy();
    alterArchive(directory, damage.sql);
    const found = await callAtoll(['verify', directory]);
    expect(found.code, found.stderr).toBe(1);
    expect(found.stderr).toMatch(damage.says);
    expectSentence(found.stderr, /atoll verify --repair /);

    const resumeAny = damage.stops ? tryToResume : resume;
    const going = await resumeAny(await copyRun(directory, `${directory}-resumed`));
    expect(going.code, going.stderr).toBe(damage.stops ? 2 : 0);
    if (damage.stops) expectSentence(going.stderr, /atoll verify --repair /);

    const repaired = await callAtoll(['verify', directory, '--repair', '--json']);
    expect(repaired.code, repaired.stderr).toBe(0);
    const { repair } = JSON.parse(repaired.stdout) as {
      repair: { cells: { before: number; after: number }[] };
    };
    if (damage.loses) expect(repair.cells).toHaveLength(1);

    const after = await callAtoll(['verify', directory, '--json']);
    expect(after.code, after.stderr).toBe(0);
    expect(JSON.parse(after.stdout)).toMatchObject({ verified: true, faults: { count: 0 } });
    if (!damage.goesOn) return;
    const resumed = await resume(directory);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await callAtoll(['verify', directory])).code).toBe(0);
  });

  it('faults of many kinds is mended at once; what was removed is kept in a table, and an event says so', async () => {
    const directory = await copy();
    alterArchive(
      directory,
      Object.values(DAMAGE)
        .map(({ sql }) => sql)
        .slice(0, 8)
        .join(';'),
    );
    const { code, stderr, stdout } = await callAtoll(['verify', directory, '--repair']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^class 3: .* → /m);
    expect(stdout).toMatch(/^repaired: \d+ cells mended/m);
    const database = new Database(join(directory, 'archive.db'));
    const [{ events }] = database
      .prepare("SELECT count(*) AS events FROM event WHERE kind = 'repaired'")
      .all() as [{ events: number }];
    const [{ removed }] = database.prepare('SELECT count(*) AS removed FROM removed_jump').all() as [
      { removed: number },
    ];
    database.close();
    expect(events).toBe(1);
    expect(removed).toBeGreaterThan(0);
    const store = openSqliteReader(join(directory, 'archive.db'));
    // What a coordinator is to know, so that it does not take it again.
    const known = store.removedJumps().filter(({ classId }) => classId === 3);
    store.close();
    expect(known.length).toBeGreaterThan(0);
    expect((await callAtoll(['verify', directory])).code).toBe(0);
  });

  it('a class that is missing cannot be repaired, and is told so', async () => {
    const directory = await copy();
    alterArchive(directory, 'DELETE FROM class WHERE id = 3');
    for (const flags of [[], ['--repair']]) {
      const { code, stderr } = await callAtoll(['verify', directory, ...flags]);
      expect(code).toBe(flags.length === 0 ? 1 : 2);
      expectSentence(stderr, /the table of classes has 9 rows/);
    }
  });

  it('nothing wrong is left as it is by --repair', async () => {
    const directory = await copy();
    const { code, stdout } = await callAtoll(['verify', directory, '--repair', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).not.toHaveProperty('repair');
  });
});

describe('a text that is no text, at which the library of SQLite ends the process,', () => {
  it.each([
    ["UPDATE class SET label = CAST(x'ff41' AS TEXT) WHERE id = 3"],
    ["UPDATE genome SET encoding = CAST(x'ff41' AS TEXT)"],
    ["UPDATE island SET device = CAST(x'ff41' AS TEXT)"],
    ["UPDATE event SET detail = CAST(x'ff41' AS TEXT)"],
    ["UPDATE spec SET value = CAST(x'ff41' AS TEXT)"],
  ])('is told by every command: %s', async (sql) => {
    const runs = join(root, `texts${copies}`);
    const directory = await copyRun(run, join(runs, 'small'));
    copies++;
    alterArchive(directory, sql);
    for (const args of [RESUME(directory), ['verify', directory], ['export', directory]]) {
      const { code, stderr } = await callAtoll(args);
      expect(code, stderr).toBe(2);
      expectSentence(stderr, /is damaged \(a \w+ in the table \w+ is not text\)/);
    }
    const { code, stdout } = await callAtoll(['runs', '--runs', runs]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/is not text/) });
  });
});

describe('an archive whose tables are not those of one', () => {
  it.each([
    ['ALTER TABLE class RENAME COLUMN label TO lapel'],
    ['DROP TABLE island'],
    ['DROP VIEW best; DROP VIEW history; DROP TABLE jump'],
  ])('is told by every command: %s', async (sql) => {
    const directory = await copy();
    alterArchive(directory, sql);
    for (const args of [RESUME(directory), ['verify', directory], ['export', directory]]) {
      const { code, stderr } = await callAtoll(args);
      expect(code, stderr).toBe(2);
      expectSentence(stderr, /has not the tables of an archive/);
    }
  });
});

describe('a name that leads elsewhere', () => {
  it.each([
    ['coordinator --nats nats://127.0.0.1:1 --run ..'],
    ['coordinator --nats nats://127.0.0.1:1 --run a/b'],
    ['coordinator --nats nats://127.0.0.1:1 --run ='],
    ['worker --nats nats://127.0.0.1:1 --run ..'],
    ['status --run ../x'],
    ['pause --run ..'],
    ['stop --run ='],
    ['up --name .. --evaluations 5'],
    ['up --name a/b --evaluations 5'],
    ['up --name = --evaluations 5'],
  ])('is refused before anything is made of it: atoll %s', async (line) => {
    const words = line.split(' ').map((word) => (word === '=' ? '' : word));
    const { code, stderr } = await callAtoll(words);
    expect(code, stderr).toBe(2);
    expectSentence(stderr, /1–64 letters, digits/);
  });
});
