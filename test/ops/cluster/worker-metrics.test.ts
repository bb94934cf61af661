import { spawnSync } from 'node:child_process';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createWorkerMetrics } from '../../../ops/cluster/worker-metrics.js';
import { reportIsland, type WorkerReport } from '../../../ops/cluster/worker-report.js';
import { NO_TOTALS } from '../../../protocol/wire/totals.js';
import { type IslandFigures, NO_MIGRANTS } from '../../../worker/island/watch.js';
import { seriesOf } from '../../coordinator/http/fixtures.js';

function setUp(workers: readonly string[] = ['box-0', 'box-1']) {
  const clock = { now: 0 };
  const metrics = createWorkerMetrics({
    registry: new Registry(),
    version: '1.2.3',
    run: 'night',
    workers,
    clock: () => clock.now,
  });
  return { clock, metrics, read: async () => seriesOf(await metrics.scrape()) };
}

function figuresAt(evaluations: number, more: Partial<IslandFigures> = {}): IslandFigures {
  return {
    ...{ island: 3, engine: 'onnx', device: 'cuda:1', batch: 64, classes: 10, filled: 5, paused: false },
    totals: { ...NO_TOTALS, evaluations, generations: 1, neutral: 2, jumps: 3, goalSwitches: 1 },
    migrants: NO_MIGRANTS,
    pending: 4,
    ...more,
  };
}

/** A report of `evaluations` more of them, in one step of a second. */
function reportOf(evaluations: number, more: Partial<IslandFigures> = {}): WorkerReport {
  const figures = figuresAt(1000 + evaluations, more);
  const totals = { ...NO_TOTALS, evaluations };
  const steps = [{ step: 1, render: 0.25, classify: 0.5 }];
  return {
    ...{ figures, online: true, resident: 1e8 },
    done: { totals, migrants: { sent: 6, moved: 2, won: 1 }, steps },
  };
}

const ours = (series: Map<string, number>) =>
  [...series.keys()].filter((name) => name.startsWith('atoll_worker_'));

describe('the metrics of workers', () => {
  it('are there for every worker, state and counter from the first scrape', async () => {
    const series = await setUp().read();
    for (const worker of ['box-0', 'box-1']) {
      for (const counter of ['evaluations', 'generations', 'neutral', 'jumps', 'goal_switches', 'restarts']) {
        expect(series.get(`atoll_worker_${counter}_total{worker="${worker}"}`), counter).toBe(0);
      }
      expect(series.get(`atoll_worker_migrants_total{worker="${worker}",outcome="sent"}`)).toBe(0);
      expect(series.get(`atoll_worker_step_seconds_count{worker="${worker}"}`)).toBe(0);
    }
    expect(series.get('atoll_worker_islands{state="starting"}')).toBe(2);
    expect(series.get('atoll_worker_islands{state="evolving"}')).toBe(0);
    expect(series.get(`atoll_worker_build_info{version="1.2.3",node="${process.version}"}`)).toBe(1);
    // Nobody evolves, so nothing is known of an outbox.
    expect([...series.keys()].filter((name) => /outbox|worker_info/.test(name))).toEqual([]);
  });

  it('show what a worker last told and what it has done in all', async () => {
    const { metrics, clock, read } = setUp();
    for (let i = 1; i <= 3; i++) {
      clock.now += 1;
      metrics.take('box-1', reportOf(100));
    }
    const series = await read();
    const figures = {
      'atoll_worker_info{worker="box-1",run="night",island="3",engine="onnx",device="cuda:1"}': 1,
      'atoll_worker_islands{state="starting"}': 1,
      'atoll_worker_islands{state="evolving"}': 1,
      'atoll_worker_evaluations_total{worker="box-0"}': 0,
      'atoll_worker_evaluations_total{worker="box-1"}': 300,
      'atoll_worker_evaluations_per_second{worker="box-1"}': 100,
      'atoll_worker_migrants_total{worker="box-1",outcome="sent"}': 18,
      'atoll_worker_migrants_total{worker="box-1",outcome="won"}': 3,
      'atoll_worker_outbox_elites{worker="box-1"}': 4,
      'atoll_worker_batch_images{worker="box-1"}': 64,
      'atoll_worker_coverage_ratio{worker="box-1"}': 0.5,
      'atoll_worker_broker_connected{worker="box-1"}': 1,
      'atoll_worker_resident_memory_bytes{worker="box-1"}': 1e8,
      'atoll_worker_step_seconds_sum{worker="box-1"}': 3,
      'atoll_worker_render_seconds_sum{worker="box-1"}': 0.75,
      'atoll_worker_classify_seconds_bucket{le="0.5",worker="box-1"}': 3,
      'atoll_worker_classify_seconds_bucket{le="0.25",worker="box-1"}': 0,
    };
    for (const [name, value] of Object.entries(figures)) expect(series.get(name), name).toBe(value);
    metrics.take('box-1', { ...reportOf(0, { paused: true }), online: false });
    const later = await read();
    expect(later.get('atoll_worker_islands{state="paused"}')).toBe(1);
    expect(later.get('atoll_worker_broker_connected{worker="box-1"}')).toBe(0);
  });

  it('do not go back when a process dies and starts again; what it had waiting is gone with it', async () => {
    const { metrics, read } = setUp();
    const outbox = 'atoll_worker_outbox_elites{worker="box-0"}';
    const evaluations = 'atoll_worker_evaluations_total{worker="box-0"}';
    metrics.started('box-0');
    metrics.take('box-0', reportOf(100));
    metrics.gone('box-0', 'restarting');
    // Its last words may come after its death.
    metrics.take('box-0', reportOf(10));
    const dead = await read();
    expect([dead.get(evaluations), dead.get(outbox)]).toEqual([110, undefined]);
    expect(dead.get('atoll_worker_islands{state="restarting"}')).toBe(1);
    expect(dead.get('atoll_worker_restarts_total{worker="box-0"}')).toBe(1);
    metrics.started('box-0');
    expect((await read()).get('atoll_worker_islands{state="starting"}')).toBe(2);
    metrics.take('box-0', reportOf(5));
    const again = await read();
    expect([again.get(evaluations), again.get(outbox)]).toEqual([115, 4]);
    expect(again.get('atoll_worker_step_seconds_count{worker="box-0"}')).toBe(3);
    metrics.gone('box-0', 'finished');
    expect((await read()).get('atoll_worker_islands{state="finished"}')).toBe(1);
  });

  it('have as many series after a thousand deaths as before', async () => {
    const { metrics, read } = setUp();
    metrics.take('box-0', reportOf(1));
    const before = ours(await read());
    for (let i = 0; i < 1000; i++) {
      metrics.gone('box-0', 'restarting');
      metrics.started('box-0');
      metrics.take('box-0', reportOf(1));
    }
    expect(ours(await read())).toEqual(before);
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!promtool)('pass `promtool check metrics` (skipped where there is no promtool)', async () => {
    const { metrics } = setUp(['a "quoted" name\n', 'b\\c']);
    metrics.take('b\\c', reportOf(100));
    metrics.observeRequest({ route: '/metrics', method: 'GET', code: 200, seconds: 0.01 });
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await metrics.scrape(),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

it('an island that is taken up again is reported from there: what was done before is not counted twice', () => {
  const reports: WorkerReport[] = [];
  let figures = figuresAt(7000);
  const watch = reportIsland({ send: (report) => reports.push(report), online: () => true });
  watch.begin(() => figures);
  watch.step({ step: 1, render: 0.1, classify: 0.2 });
  figures = figuresAt(7064, { pending: 0, migrants: { sent: 5, moved: 0, won: 0 } });
  watch.end();
  expect(reports.map(({ done }) => [done.totals.evaluations, done.migrants.sent, done.steps.length])).toEqual(
    [
      [0, 0, 0],
      [64, 5, 1],
    ],
  );
  expect(reports.map(({ figures: { pending } }) => pending)).toEqual([4, 0]);
});
