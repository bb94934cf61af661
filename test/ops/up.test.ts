import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import type { StoreReader } from '../../coordinator/store/store.js';
import { historyIn } from '../coordinator/history.js';
import { runAtoll, startAtoll } from './atoll.js';
import { childrenOf, untilGone } from './running.js';

/** Real processes all the way: the command line, its coordinator, its workers, the shipped network. */

let runs: string;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), 'atoll-up-'));
});
afterAll(() => rm(runs, { recursive: true, force: true }));

/** Enough for a second or two of one island. */
const EVALUATIONS = 4000;

const SMALL_DENSE = ['--encoding', 'dense', '--set', 'evolution.layers.width=8'];

const BANDIT = '{emitters: [mutation, iso-line, gradient, cma], gradient: {steps: 60}}';

function upArguments(name: string, ...more: readonly string[]): string[] {
  return ['up', '--runs', runs, '--name', name, '--seed', '7', '--islands', '1', '--json', ...more];
}

function resumeArguments(name: string): string[] {
  return ['up', '--resume', join(runs, name), '--json'];
}

async function finish(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runAtoll(args);
  expect(stderr, stderr).not.toContain('atoll: expected');
  expect(code).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

/** The archive that the same run gives when nothing happens to it. */
let undisturbed: Promise<Record<string, unknown>> | undefined;
function undisturbedRun(): Promise<Record<string, unknown>> {
  undisturbed ??= finish(upArguments('undisturbed', '--evaluations', String(EVALUATIONS)));
  return undisturbed;
}

/** Waits until what is stored of a run is as it should be. */
async function untilStored(name: string, isSo: (reader: StoreReader) => boolean): Promise<void> {
  for (;;) {
    try {
      const reader = openSqliteReader(join(runs, name, 'archive.db'));
      const so = isSo(reader);
      reader.close();
      if (so) return;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether the store accounts for so many evaluations: something to lose, and something left to do. */
const accountsFor = (evaluations: number) => (reader: StoreReader) =>
  (reader.islands()[0]?.checkpoint?.totals.evaluations ?? 0) >= evaluations;

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe('atoll up', () => {
  it('fills the archive of the shipped network and reports all that programs read', async () => {
    const report = await undisturbedRun();
    expect(report).toMatchObject({
      run: 'undisturbed',
      model: 'digits',
      encoding: 'cppn',
      classes: 10,
      evaluations: EVALUATIONS,
      coverage: 1,
      islands: 1,
    });
    const numbers =
      'generations seconds evaluationsPerSecond median mean qdScore jumps goalSwitches renderSeconds classifySeconds';
    for (const key of numbers.split(' ')) expect(report[key], key).toBeTypeOf('number');
    expect(Object.keys(report.above as object)).toEqual(['0.5', '0.9', '0.99', '0.999', '0.9999']);
    expect(report.median).toBeGreaterThan(0.9);
  });

  const historyOf = (name: string) => historyIn(join(runs, name, 'archive.db'));

  it('same seed, same archive and same history, byte for byte', async () => {
    const again = await finish(upArguments('again', '--evaluations', String(EVALUATIONS)));
    expect(again.archiveDigest).toBe((await undisturbedRun()).archiveDigest);
    expect(historyOf('again')).toEqual(historyOf('undisturbed'));
  });

  /** Kills a run with -9 when it accounts for so many evaluations, time and again, and has it go on to its end. */
  async function finishKilled(name: string, ...more: readonly string[]): Promise<Record<string, unknown>> {
    let child = startAtoll(upArguments(name, '--evaluations', String(EVALUATIONS), ...more));
    for (const evaluations of [400, 1600]) {
      await untilStored(name, accountsFor(evaluations));
      const workers = await childrenOf(child.pid ?? 0);
      child.kill('SIGKILL');
      await exitOf(child);
      // Orphaned workers end by themselves: their pipe is broken.
      for (const worker of workers) await untilGone(worker);
      if (evaluations === 400) child = startAtoll(resumeArguments(name));
    }
    return finish(resumeArguments(name));
  }

  it('killed with -9 at any moment, a run goes on and ends with the very archive and history it would have had', async () => {
    const report = await finishKilled('killed');
    expect(report.evaluations).toBe(EVALUATIONS);
    expect(report.archiveDigest).toBe((await undisturbedRun()).archiveDigest);
    expect(historyOf('killed')).toEqual(historyOf('undisturbed'));
  });

  it.each([
    ['paper', ['--preset', 'paper']],
    ['direct', ['--encoding', 'direct']],
    ['dense', SMALL_DENSE],
    // Its visits are so long that it is killed within one.
    ['bandit', [...SMALL_DENSE, '--set', `evolution=${BANDIT}`, '--evaluations', '2000']],
  ])(
    'a run keeps every jump and every ancestor, the same ones killed with -9 or not (%s)',
    async (name, more) => {
      const report = await finish(upArguments(name, '--evaluations', String(EVALUATIONS), ...more));
      const history = historyOf(name);
      expect(history).toMatchObject({ orphans: 0, unfounded: 0 });
      expect(history).toMatchObject({ jumps: report.jumps, goalSwitches: report.goalSwitches });
      await finishKilled(`${name}-killed`, ...more);
      expect(historyOf(`${name}-killed`)).toEqual(history);
    },
  );

  it('an island of a finished run is stored as done, and no line of parents has a gap', async () => {
    const { jumps, goalSwitches } = await undisturbedRun();
    const reader = openSqliteReader(join(runs, 'undisturbed', 'archive.db'));
    expect(reader.islands().map(({ state }) => state)).toEqual(['done']);
    expect(reader.events().filter(({ kind }) => kind === 'history-gap')).toEqual([]);
    reader.close();
    expect(historyOf('undisturbed')).toMatchObject({ jumps, goalSwitches, orphans: 0, unfounded: 0 });
  });

  it('a worker that is killed is started again, and said so; nothing is lost', async () => {
    const name = 'worker-killed';
    const child = startAtoll(upArguments(name, '--evaluations', String(EVALUATIONS)));
    await untilStored(name, accountsFor(1000));
    for (const worker of await childrenOf(child.pid ?? 0)) process.kill(worker, 'SIGKILL');
    expect(await exitOf(child)).toBe(0);
    expect(child.said()).toMatch(/worker-0 died \(signal SIGKILL\); starting it again/);
    const report = await finish(resumeArguments(name));
    expect(report.archiveDigest).toBe((await undisturbedRun()).archiveDigest);
  });

  it('SIGTERM to all its processes, as a service manager sends it, ends a run as Ctrl-C does', async () => {
    const name = 'terminated';
    const child = startAtoll(upArguments(name, '--evaluations', String(EVALUATIONS)));
    await untilStored(name, accountsFor(1000));
    const workers = await childrenOf(child.pid ?? 0);
    for (const pid of [...workers, child.pid ?? 0]) process.kill(pid, 'SIGTERM');
    expect(await exitOf(child)).toBe(130);
    expect(child.said()).not.toMatch(/died|again/);
    const report = await finish(resumeArguments(name));
    expect(report.archiveDigest).toBe((await undisturbedRun()).archiveDigest);
  });

  it('Ctrl-C stores everything and exits 130; the run goes on as if nothing had been', async () => {
    const name = 'interrupted';
    const child = startAtoll(upArguments(name, '--evaluations', String(EVALUATIONS)));
    await untilStored(name, accountsFor(1000));
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(130);
    expect(child.said()).toMatch(
      /^atoll: Interrupted\. Everything is stored\. Continue with: \S.* up --resume \S+\n$/m,
    );
    const report = await finish(resumeArguments(name));
    expect(report.archiveDigest).toBe((await undisturbedRun()).archiveDigest);
  });

  it('a run in use is locked: a second process is told by whom, and exits 2', async () => {
    const name = 'in-use';
    const child = startAtoll(upArguments(name, '--minutes', '5'));
    await untilStored(name, accountsFor(1));
    const second = await runAtoll(resumeArguments(name));
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`process ${child.pid}`);
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(130);
  });

  it('two islands share the budget exactly', async () => {
    const pair = ['--runs', runs, '--name', 'pair', '--seed', '3', '--islands', '2', '--json'];
    const report = await finish(['up', ...pair, '--evaluations', '2001']);
    expect(report).toMatchObject({ evaluations: 2001, islands: 2, coverage: 1 });
    expect(historyIn(join(runs, 'pair', 'archive.db'))).toMatchObject({ orphans: 0, unfounded: 0 });
  });

  it('two islands trade elites, both ways, and children of those that came win cells', async () => {
    const traders = ['--runs', runs, '--name', 'traders', '--seed', '3', '--islands', '2'];
    const child = startAtoll(['up', ...traders, '--minutes', '5']);
    const traded = (reader: StoreReader) => {
      const ways = reader.migrations().filter(({ moved, won }) => won > 0 && moved >= won);
      const genomes = new Map(reader.history().map(({ digest }) => [digest, reader.genome(digest)]));
      const crossed = [...genomes.values()].some((genome) => {
        const parent = genome?.parent && genomes.get(genome.parent.digest);
        return parent && parent.island !== genome?.island;
      });
      return new Set(ways.map(({ source, island }) => source - island)).size === 2 && crossed;
    };
    await untilStored('traders', traded);
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(130);
  });

  it('a target median ends the run', async () => {
    const report = await finish(upArguments('target', '--target-median', '0.5'));
    expect(report.ended).toBe('target-median');
    expect(report.median).toBeGreaterThanOrEqual(0.5);
  });
});
