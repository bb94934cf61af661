import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseArm } from '../../../../ops/bench/search/arm.js';
import { DEFAULT_ARMS } from '../../../../ops/bench/search/arm-names.js';
import { keptTrials } from '../../../../ops/bench/search/kept-trials.js';
import { searchPicture } from '../../../../ops/bench/search/picture.js';
import { runTrial } from '../../../../ops/bench/search/run-trial.js';
import { doTrials, type StartTrial } from '../../../../ops/bench/search/search.js';
import { summarise } from '../../../../ops/bench/search/summary.js';
import { pointOf, type Trial, trialSchema } from '../../../../ops/bench/search/trial.js';
import type { TrialOrder } from '../../../../ops/bench/search/trial-order.js';
import { temporaryDirectory } from '../../../coordinator/fixtures.js';
import { createStripes } from '../../../worker/island/fixtures.js';

const directories: { remove(): void }[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) directory.remove();
});

function folder(): string {
  const directory = temporaryDirectory();
  directories.push(directory);
  return directory.path;
}

const MODEL = 'ab'.repeat(32);
const orderOf = (arm: string, seed: number): TrialOrder => ({
  arm,
  seed,
  cost: 300,
  version: '1',
  network: { reference: 'digits', overrides: {}, engine: 'onnx', device: 'cpu' },
});

/** A trial whose mean confidence rises in a straight line to `end` at its cost. */
function trialOf({ arm, seed, cost, version }: TrialOrder, end: number): Trial {
  return {
    settings: { arm, seed, model: MODEL, cost, version, evolution: {} },
    classes: 4,
    curve: [0.25, 0.5, 0.75, 1].map((part) =>
      pointOf(part * cost, part * cost, new Float32Array(4).fill(part * end)),
    ),
    shares: { mutation: { evaluations: 100, cost: 100, improvement: 5 } },
    seconds: 1,
  };
}

/** Processes that do nothing but tell how their trial ended. */
function fakeProcesses(tell: (order: TrialOrder) => object) {
  const started: string[] = [];
  const start: StartTrial = (order) => {
    started.push(`${order.arm} ${order.seed}`);
    const child = Object.assign(new EventEmitter(), { kill: () => child.emit('exit', null, 'SIGTERM') });
    setImmediate(() => child.emit('message', tell(order)));
    return child as unknown as ReturnType<StartTrial>;
  };
  return { started, start };
}

describe('an arm', () => {
  it('is an encoding and emitters', () => {
    expect(parseArm('dense:mutation+gradient').input).toEqual({
      encoding: 'dense',
      evolution: { emitters: ['mutation', 'gradient'] },
    });
    for (const name of DEFAULT_ARMS) expect(parseArm(name).name).toBe(name);
  });

  it('may have keys of its own', () => {
    expect(parseArm('dense:gradient/gradient.steps=16/gradient.rate=.1/initial=50').input.evolution).toEqual({
      emitters: ['gradient'],
      gradient: { steps: 16, rate: 0.1 },
      initial: 50,
    });
    expect(() => parseArm('dense:gradient/gradient.stride=1')).toThrow(/stride/);
  });

  it.each([
    'dense',
    'dense:gradient/steps',
    'pixels:mutation',
    'dense:',
    'dense:annealing',
    'dense:mutation:gradient',
  ])('is refused, and what it takes is said: %s', (name) => {
    expect(() => parseArm(name)).toThrow(expect.objectContaining({ code: 'ERR_ARM', exitCode: 2 }));
  });
});

describe('a trial', () => {
  const run = (seed: number) =>
    runTrial(orderOf('direct:mutation', seed), {
      classifier: createStripes(),
      clock: () => 0,
      onProgress: () => undefined,
    });

  it('notes a curve that rises, and ends at its cost', async () => {
    const { curve, shares, classes, settings } = await run(1);
    expect(classes).toBe(6);
    expect(curve.at(-1)).toMatchObject({ cost: 300, evaluations: 300 });
    expect(curve.length).toBe(100);
    const means = curve.map(({ mean }) => mean);
    expect(means).toEqual([...means].sort((a, b) => a - b));
    expect(shares.mutation?.cost).toBeLessThanOrEqual(300);
    expect(settings.model).toBe(MODEL);
  });

  it('is the same for the same seed, and reads back as it was written', async () => {
    const [one, other, another] = await Promise.all([run(2), run(2), run(3)]);
    expect(other).toEqual(one);
    expect(another.curve).not.toEqual(one.curve);
    expect(trialSchema.parse(JSON.parse(JSON.stringify(one)))).toEqual(JSON.parse(JSON.stringify(one)));
  });
});

describe('a night of trials', () => {
  const orders = [orderOf('cppn:mutation', 1), orderOf('dense:cma', 1), orderOf('cppn:mutation', 2)];
  const parts = (path: string) => ({
    model: MODEL,
    kept: keptTrials(path),
    jobs: 2,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });

  it('does each once, keeps it, and after it was cut short does only those that are missing', async () => {
    const path = folder();
    const first = fakeProcesses((order) => ({ type: 'done', trial: trialOf(order, 0.5) }));
    await doTrials({ ...parts(path), orders: orders.slice(0, 2), start: first.start });
    expect(readdirSync(path)).toHaveLength(2);
    const second = fakeProcesses((order) => ({ type: 'done', trial: trialOf(order, 0.5) }));
    const trials = await doTrials({ ...parts(path), orders, start: second.start });
    expect(second.started).toEqual(['cppn:mutation 2']);
    expect(trials).toHaveLength(3);
  });

  it('does those again that were done with another cost, or whose file is damaged', async () => {
    const path = folder();
    const fake = fakeProcesses((order) => ({ type: 'done', trial: trialOf(order, 0.5) }));
    await doTrials({ ...parts(path), orders, start: fake.start });
    const [file = ''] = readdirSync(path).filter((name) => name.startsWith('dense'));
    writeFileSync(join(path, file), readFileSync(join(path, file), 'utf8').slice(0, 50));
    const again = fakeProcesses((order) => ({ type: 'done', trial: trialOf(order, 0.5) }));
    await doTrials({
      ...parts(path),
      orders: orders.map((order, i) => (i === 0 ? { ...order, cost: 600 } : order)),
      start: again.start,
    });
    expect(again.started.sort()).toEqual(['cppn:mutation 1', 'dense:cma 1']);
  });

  it('ends with the first error, and says which trial it was', async () => {
    const fake = fakeProcesses((order) =>
      order.arm === 'dense:cma'
        ? { type: 'failed', problem: 'no such thing' }
        : { type: 'progress', cost: 1 },
    );
    await expect(doTrials({ ...parts(folder()), orders, start: fake.start })).rejects.toThrow(
      /dense:cma, seed 1: no such thing/,
    );
  });

  it('ends when it is interrupted', async () => {
    const interruption = new AbortController();
    const fake = fakeProcesses(() => {
      setImmediate(() => interruption.abort());
      return { type: 'progress', cost: 1 };
    });
    const night = doTrials({ ...parts(folder()), orders, signal: interruption.signal, start: fake.start });
    await expect(night).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
  });

  it('starts no process after an interruption, which nobody would end', async () => {
    const interruption = new AbortController();
    const fake = fakeProcesses(() => ({ type: 'progress', cost: 1 }));
    const kept = {
      ...parts(folder()).kept,
      find: async () => {
        interruption.abort();
        return undefined;
      },
    };
    const all = { ...parts(folder()), orders, kept, signal: interruption.signal, start: fake.start };
    await expect(doTrials(all)).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
    expect(fake.started).toEqual([]);
  });
});

describe('what is made of trials', () => {
  const trials = [0.9, 1].map((end, i) => trialOf(orderOf('cppn:mutation', i), end));
  const summary = summarise('cppn:mutation', trials, 300);

  it('is the mean of the seeds, the least and the greatest, at each cost', () => {
    expect(summary.curves['mean confidence'].at(-1)?.mean).toBeCloseTo(0.95, 6);
    expect(summary.curves['mean confidence'].at(-1)?.least).toBeCloseTo(0.9, 6);
    expect(summary.curves['classes ≥ .99'].at(-1)).toEqual({ mean: 2, least: 0, greatest: 4 });
    // Before the first point of a curve it has nothing.
    expect(summary.curves['mean confidence'][0]?.mean).toBe(0);
  });

  it('says what it cost to reach .88, where every seed did', () => {
    expect(summary.costToMean).toBe(300);
    expect(summarise('x', [...trials, trialOf(orderOf('x', 3), 0.5)], 300).costToMean).toBeNull();
  });

  it('is a picture with a line and a band an arm in each panel, and with every name', () => {
    const svg = searchPicture('a < b', [summary, { ...summary, arm: 'dense:gradient' }]);
    expect(svg).toContain('a &lt; b');
    expect(svg.match(/opacity="0.2"/g)).toHaveLength(8);
    for (const name of ['cppn:mutation', 'dense:gradient', 'median confidence', 'classes ≥ .88']) {
      expect(svg).toContain(name);
    }
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});
