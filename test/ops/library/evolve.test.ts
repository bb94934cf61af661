import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQuarters } from '../../../ops/examples/quarters.js';
import {
  archiveDigest,
  BadInputError,
  EMITTERS,
  type EmitterMaker,
  type Evolution,
  type EvolveOptions,
  evolve,
  openClassifier,
} from '../../../ops/library/index.js';
import { runAtoll } from '../atoll.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-library-'));
});
afterAll(() => rm(root, { recursive: true }));

const options = (more: Partial<EvolveOptions> = {}): EvolveOptions => ({
  classifier: createQuarters(),
  seed: 3,
  budget: { evaluations: 600 },
  evolution: { initial: 32, generation: 32 },
  ...more,
});

/** Evolves to the end, or for so many steps; the evaluations after each step. */
async function follow(evolution: Evolution, steps = Number.POSITIVE_INFINITY): Promise<number[]> {
  const seen: number[] = [];
  for await (const { totals } of evolution) {
    seen.push(totals.evaluations);
    if (seen.length >= steps) break;
  }
  return seen;
}

async function digestAfter(more: Partial<EvolveOptions>): Promise<string> {
  const evolution = evolve(options(more));
  await follow(evolution);
  return archiveDigest(evolution.archive);
}

describe('evolve', () => {
  it('gives the same archive for the same seed, and another for another', async () => {
    const digest = await digestAfter({});
    expect(await digestAfter({})).toBe(digest);
    expect(await digestAfter({ seed: 4 })).not.toBe(digest);
  });

  it.each([
    ['cppn', []],
    ['direct', ['--encoding', 'direct']],
    ['cppn', ['--preset', 'paper']],
  ] as const)(
    'gives the archive of `atoll up --islands 1`, byte for byte (%s %s)',
    async (encoding, flags) => {
      const up = ['up', '--islands', '1', '--seed', '5', '--evaluations', '900', '--json', ...flags];
      const { stdout, stderr } = await runAtoll(up, root);
      const report: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? stderr);
      await using classifier = await openClassifier('digits');
      const preset = flags.includes('paper' as never) ? 'paper' : 'default';
      const evolution = evolve({ classifier, seed: 5, encoding, preset, budget: { evaluations: 900 } });
      await follow(evolution);
      expect(report).toMatchObject({ archiveDigest: archiveDigest(evolution.archive), evaluations: 900 });
    },
  );

  it('evolves only while it is iterated, and goes on where a loop left it', async () => {
    const [whole, parted] = [evolve(options()), evolve(options())];
    await follow(whole);
    expect(parted.archive.filled).toBe(0);
    const seen = [...(await follow(parted, 5)), ...(await follow(parted))];
    expect(seen.at(-1)).toBe(600);
    expect(archiveDigest(parted.archive)).toBe(archiveDigest(whole.archive));
    expect(await follow(parted)).toEqual([]);
  });

  it('takes one step at a time, however many ask', async () => {
    const [one, many] = [evolve(options()), evolve(options())];
    await follow(one);
    await Promise.all([follow(many), follow(many), follow(many)]);
    expect(archiveDigest(many.archive)).toBe(archiveDigest(one.archive));
  });

  it('tells of each step what won, and how the archive is', async () => {
    let won = 0;
    for await (const progress of evolve(options())) {
      won += progress.won.length;
      expect(progress.totals.jumps).toBe(won);
      expect(progress.summary.coverage).toBe(1);
    }
    expect(won).toBeGreaterThan(4);
  });

  it('ends at the target median, after the minutes of its clock, and when it is aborted', async () => {
    const unlimited = { evaluations: 1_000_000 };
    const reached = evolve(options({ budget: { ...unlimited, targetMedian: 0.6 } }));
    const medians: number[] = [];
    for await (const { summary } of reached) medians.push(summary.median);
    expect(medians.at(-1)).toBeGreaterThanOrEqual(0.6);
    expect(medians.slice(0, -1).every((median) => median < 0.6)).toBe(true);

    let seconds = 0;
    const timed = evolve(options({ budget: { minutes: 1 }, clock: () => seconds }));
    const seen: number[] = [];
    for await (const { totals } of timed) {
      seen.push(totals.evaluations);
      seconds += 20;
    }
    expect(seen).toHaveLength(3);

    const controller = new AbortController();
    const aborted = evolve(options({ budget: unlimited, signal: controller.signal }));
    let steps = 0;
    for await (const _ of aborted) if (++steps === 2) controller.abort();
    expect(steps).toBe(2);
  });

  it('draws offspring from the emitter that it is given', async () => {
    let asked = 0;
    const counting: EmitterMaker = (parts) => {
      const inner = EMITTERS.mutation(parts);
      return {
        ...inner,
        ask(n) {
          asked += n;
          return inner.ask(n);
        },
      };
    };
    await follow(evolve(options({ emitter: counting })));
    expect(asked).toBe(600);
  });

  it('refuses an unknown or impossible option in one sentence', () => {
    const wrong = { ...options(), generations: 3 } as EvolveOptions;
    expect(() => evolve(wrong)).toThrow(BadInputError);
    expect(() => evolve(options({ seed: -1 }))).toThrow(/seed/);
    expect(() => evolve(options({ evolution: { initial: 0 } }))).toThrow(/evolution\.initial/);
  });

  it('rejects when the classifier fails, each time', async () => {
    const broken = { ...createQuarters(), classify: () => Promise.reject(new Error('no power')) };
    const evolution = evolve(options({ classifier: broken }));
    await expect(follow(evolution)).rejects.toThrow('no power');
    await expect(follow(evolution)).rejects.toThrow('no power');
  });
});
