import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { runAtoll } from '../ops/atoll.js';
import { callAtoll } from '../ops/call.js';
import { alterArchive, copyRun, evolveSmallRun } from '../ops/small-run.js';

/**
 * Run directories that were damaged at random: every command ends with a sentence, never with a defect. A
 * thousand of them take minutes, so more are never made.
 */

const DIRECTORIES = Math.min(1000, Number(process.env.ATOLL_FUZZ ?? 60));
/** How many of them are resumed with workers, each in processes of its own. */
const RESUMED_EACH = 20;

let root: string;
let run: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-fuzzed-'));
  process.env.XDG_STATE_HOME = join(root, 'state');
  run = await evolveSmallRun(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const pick = <T>(random: RandomStream, all: readonly T[]): T => all[random.below(all.length)] as T;

async function flip(path: string, random: RandomStream): Promise<void> {
  const bytes = await readFile(path);
  for (let left = 1 + random.below(8); left > 0; left--)
    bytes[random.below(bytes.length)] = random.below(256);
  await writeFile(path, bytes);
}

async function cut(path: string, random: RandomStream): Promise<void> {
  await truncate(path, random.below((await readFile(path)).length));
}

/** Another value for one key of run.yaml, of any type. */
async function reword(path: string, random: RandomStream): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const at = random.below(lines.length);
  const value = pick(random, [
    '0',
    '-1',
    '12',
    '1e99',
    '.nan',
    'null',
    'text',
    '[1]',
    '{a: 1}',
    '""',
    '../x',
    '&a *a',
  ]);
  lines[at] = (lines[at] ?? '').replace(/:.*$/, `: ${value}`);
  await writeFile(path, lines.join('\n'));
}

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  class: ['id', 'label'],
  elite: ['class_id', 'jump_id', 'genome_id', 'confidence'],
  jump: [
    'id',
    'class_id',
    'genome_id',
    'confidence',
    'previous_confidence',
    'goal_switch',
    'evaluation',
    'cost',
    'time',
  ],
  genome: [
    'id',
    'digest',
    'encoding',
    'bytes',
    'size',
    'nodes',
    'parent',
    'parent_class',
    'island',
    'evaluation',
  ],
  island: ['number', 'worker', 'state', 'device', 'evaluations', 'jumps', 'random', 'render_seconds'],
  event: ['time', 'kind', 'detail'],
  spec: ['key', 'value'],
};
const VALUES = [
  '0',
  '1',
  '-1',
  '7',
  '1.5',
  '-0.5',
  '9e999',
  '9007199254740993',
  "''",
  "'x'",
  "x'00'",
  "x'0a00ff'",
  'NULL',
];

/** A row that is changed or deleted; what the table's types refuse changes nothing. */
function changeRow(directory: string, random: RandomStream): void {
  const [table, columns] = pick(random, Object.entries(COLUMNS));
  const rows = `WHERE rowid IN (SELECT rowid FROM ${table} ORDER BY rowid LIMIT 1 OFFSET ${random.below(12)})`;
  const where = table === 'spec' ? "WHERE key > 'e'" : rows;
  const change = `UPDATE OR IGNORE ${table} SET ${pick(random, columns)} = ${pick(random, VALUES)} ${where}`;
  try {
    alterArchive(directory, random.below(5) === 0 ? `DELETE FROM ${table} ${where}` : change);
  } catch {
    // A type or a key that the file keeps, whoever writes.
  }
}

async function damage(directory: string, random: RandomStream): Promise<void> {
  const archive = join(directory, 'archive.db');
  const spec = join(directory, 'run.yaml');
  for (let left = 1 + random.below(2); left > 0; left--) {
    const kind = random.below(10);
    if (kind < 2) await flip(archive, random);
    else if (kind === 2) await flip(spec, random);
    else if (kind === 3) await cut(pick(random, [archive, spec]), random);
    else if (kind < 6) await reword(spec, random);
    else changeRow(directory, random);
  }
}

it(
  `ends every command with a sentence on ${DIRECTORIES} damaged run directories`,
  async () => {
    for (let i = 0; i < DIRECTORIES; i++) {
      const random = randomFrom(i, 'damaged run');
      const runs = join(root, `d${i}`);
      const directory = await copyRun(run, join(runs, 'small'));
      await damage(directory, random);
      const commands = [
        ['runs', '--runs', runs],
        ['export', directory, '--size', '8'],
        ['verify', directory],
        ...(i % RESUMED_EACH === 0 ? [] : [['verify', directory, '--repair']]),
      ];
      for (const args of commands) check(i, args, await callAtoll(args));
      if (i % RESUMED_EACH === 0) {
        const up = ['up', '--resume', directory, '--evaluations', '410'];
        check(i, up, await runAtoll(up));
      }
      await rm(runs, { recursive: true, force: true });
    }
  },
  600_000 + 5000 * DIRECTORIES,
);

function check(seed: number, args: readonly string[], ran: { code: number | null; stderr: string }): void {
  const said = `directory ${seed}: atoll ${args.join(' ')}: ${ran.stderr}`;
  expect([0, 1, 2], said).toContain(ran.code);
  expect(ran.stderr, said).not.toMatch(/^\s+at |ERR_INTERNAL|has a defect/m);
}
