import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REFUSALS, type Refusal } from '../../coordinator/intake/intake.js';
import { connect } from '../../coordinator/store/connection.js';
import { createSqliteStore, openSqliteStore } from '../../coordinator/store/sqlite-store.js';
import { createArchive } from '../../protocol/archive/archive.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { ISLAND_STATES } from '../../protocol/base/states.js';
import {
  candidateOf,
  checkpointAt,
  eliteOf,
  entryOf,
  labelsOf,
  specOf,
  temporaryDirectory,
} from './fixtures.js';
import { type HttpHarness, seriesOf, startHttp } from './http/fixtures.js';
import { jumpInto } from './jumps.js';

const running: HttpHarness[] = [];
let root: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(async () => {
  for (const harness of running.splice(0)) await harness.stop();
  root.remove();
});

function start(...args: Parameters<typeof startHttp>): HttpHarness {
  const harness = startHttp(...args);
  running.push(harness);
  return harness;
}

const scrape = async (http: HttpHarness) => (await http.ask('/metrics')).text();
const read = async (http: HttpHarness) => seriesOf(await scrape(http));

describe('the figures of the archive', () => {
  const CLASSES = 30;

  /** What the database itself says, in SQL. */
  function query(file: string) {
    const connection = connect(file, 'read');
    const number = (sql: string) => Number(Object.values(connection.rows(sql)[0] ?? {})[0] ?? 0);
    const best =
      'SELECT coalesce(confidence, 0) AS c FROM class LEFT JOIN elite ON elite.class_id = class.id';
    const found = {
      coverage: number(`SELECT (SELECT count(*) FROM elite) * 1.0 / count(*) FROM class`),
      median: number(`SELECT avg(c) FROM (${best} ORDER BY c LIMIT 2 OFFSET ${CLASSES / 2 - 1})`),
      qdScore: number(`SELECT sum(c) FROM (${best})`),
      above: number(`SELECT count(*) FROM elite WHERE confidence >= 0.9`),
      evaluations: number('SELECT sum(evaluations) FROM island'),
      classes: connection.rows(`${best} ORDER BY class.id`).map((row) => Number(row.c)),
    };
    connection.close();
    return found;
  }

  function told(series: Map<string, number>): ReturnType<typeof query> {
    const figure = (name: string) => series.get(name) ?? Number.NaN;
    return {
      coverage: figure('atoll_archive_coverage_ratio'),
      median: figure('atoll_archive_median_confidence'),
      qdScore: figure('atoll_archive_qd_score'),
      above: figure('atoll_archive_classes_above{threshold="0.9"}'),
      evaluations: figure('atoll_evaluations_total'),
      classes: Array.from({ length: CLASSES }, (_, i) =>
        figure(`atoll_class_best_confidence{class_id="${i}"}`),
      ),
    };
  }

  function expectAgreement(series: Map<string, number>, file: string): void {
    const [ours, theirs] = [told(series), query(file)];
    // A sum depends on its order in the last bits.
    expect(ours.qdScore).toBeCloseTo(theirs.qdScore, 12);
    expect({ ...ours, qdScore: 0 }).toEqual({ ...theirs, qdScore: 0 });
  }

  it('are those of the store at any moment, ahead of it in nothing, and after a restart too', async () => {
    const spec = specOf(CLASSES, { islands: 2 });
    const file = join(root.path, 'archive.db');
    const random = randomFrom(1, 'metrics');
    let http = start(spec, { start: { store: createSqliteStore(file, labelsOf(CLASSES)) } });
    for (const session of [0, 1]) {
      await http.join('a');
      await http.join('b');
      for (let i = 1; i <= 60; i++) {
        const classIds = [...new Set([random.below(CLASSES - 4), random.below(CLASSES - 4)])];
        // Confidence 0 fills a cell too.
        const confidence = i === 1 ? 0 : random.uniform();
        http.improve(
          i % 2,
          [entryOf(1000 * session + i, classIds, confidence)],
          checkpointAt(100 * (60 * session + i)),
        );
        if (i % 10 === 0) {
          // Not stored, and so not told of: an island's own count, and what waits for the next commit.
          http.beat(0, 1_000_000);
          await new Promise((resolve) => setImmediate(resolve));
          expectAgreement(await read(http), file);
          await new Promise((resolve) => setTimeout(resolve, 10));
          expectAgreement(await read(http), file);
        }
      }
      await vi.waitFor(async () => {
        const { evaluations } = told(await read(http));
        expect(evaluations).toBe(100 * (60 * session + 60) + 100 * (60 * session + 59));
      });
      const before = await read(http);
      expectAgreement(before, file);
      expect(before.get('atoll_archive_coverage_ratio')).toBeGreaterThan(0.5);
      await running.pop()?.stop();
      http = start(spec, { start: { store: openSqliteStore(file) } });
      const after = await read(http);
      expectAgreement(after, file);
      for (const name of ['atoll_archive_qd_score', 'atoll_evaluations_total']) {
        expect(after.get(name), name).toBe(before.get(name));
      }
    }
  });

  it('are there for every class, island state, reason and threshold from the first scrape', async () => {
    const series = await read(start(specOf(1000)));
    const values = (prefix: string) => [...series].filter(([name]) => name.startsWith(prefix));
    expect(values('atoll_class_best_confidence').map(([, value]) => value)).toEqual(new Array(1000).fill(0));
    expect(series.get('atoll_class_info{class_id="999",label="label 999"}')).toBe(1);
    expect(values('atoll_islands').length).toBe(ISLAND_STATES.length);
    expect(values('atoll_rejected_total').length).toBe(REFUSALS.length);
    expect(values('atoll_archive_classes_above').length).toBe(5);
    expect(values('atoll_merges_total').map(([, value]) => value)).toEqual([0, 0, 0]);
  });
});

describe('a scrape', () => {
  it('of 1000 classes and 1000 islands has them all', async () => {
    const spec = specOf(1000, { islands: 1000 });
    const store = createSqliteStore(join(root.path, 'archive.db'), labelsOf(1000));
    const archive = createArchive(1000);
    const elites = Array.from({ length: 1000 }, (_, i) => eliteOf(i, 0.5, candidateOf(i % 50)));
    const island = { state: 'live', device: 'cpu', checkpoint: checkpointAt(1) } as const;
    store.commit({
      genomes: [],
      jumps: elites.flatMap((elite) => jumpInto(archive, elite) ?? []),
      islands: elites.map((_, number) => ({ ...island, number, worker: `w${number}` })),
      events: [],
      migrations: [],
    });
    const http = start(spec, { start: { store } });
    const series = await read(http);
    expect(series.get('atoll_evaluations_total')).toBe(1000);
    expect([...series.keys()].filter((name) => name.startsWith('atoll_class_best_confidence{'))).toHaveLength(
      1000,
    );
  });

  it('of 1000 classes takes less than 300 kB', async () => {
    const labels = Array.from(
      { length: 1000 },
      (_, i) => `a class of a network with a long label, number ${i}`,
    );
    const store = createSqliteStore(join(root.path, 'archive.db'), labels);
    const http = start(specOf(1000), { start: { store } });
    expect(Buffer.byteLength(await scrape(http))).toBeLessThan(300_000);
  });

  it('counts what is merged, stored, refused and lost', async () => {
    const http = start(specOf(4, { islands: 3 }));
    await http.join('a');
    await http.join('b');
    http.improve(0, [entryOf(1, [0, 1], 0.5), entryOf(2, [9], 0.5)], checkpointAt(10), 1);
    http.improve(0, [entryOf(3, [0], 0.75), entryOf(4, [1], 0.25)], checkpointAt(20), 2);
    http.push({ type: 'rejected', reason: 'malformed' });
    http.push({
      type: 'improvements',
      improvements: {
        island: 1,
        sequence: 1,
        entries: [],
        checkpoint: checkpointAt(5),
        arrivals: [{ source: 0, moved: 3, won: 2 }],
      },
      ack() {},
    });
    await vi.waitFor(() => expect(http.log).toContain('ack 2'));
    http.clock.now += 20_000;
    await vi.waitFor(() => expect(http.coordinator.islands()[0]?.state).toBe('lost'));
    const series = await read(http);
    const figures = {
      atoll_store_bytes: 1e6,
      atoll_store_disk_free_bytes: 3e9,
      atoll_store_disk_size_bytes: 4e9,
      atoll_run_islands: 3,
      'atoll_merges_total{status="new"}': 2,
      'atoll_merges_total{status="improved"}': 1,
      'atoll_merges_total{status="kept"}': 1,
      atoll_jumps_total: 3,
      atoll_goal_switches_total: 0,
      atoll_merge_seconds_count: 3,
      'atoll_migrants_total{outcome="moved"}': 3,
      'atoll_migrants_total{outcome="won"}': 2,
      'atoll_rejected_total{reason="malformed"}': 1,
      'atoll_rejected_total{reason="unknown-class"}': 1,
      'atoll_islands{state="lost"}': 2,
      'atoll_islands{state="joining"}': 0,
      'atoll_run_state{state="running"}': 1,
      atoll_broker_connected: 1,
      atoll_broker_pending_messages: 7,
    };
    for (const [name, value] of Object.entries(figures)) expect(series.get(name), name).toBe(value);
    expect(series.get('atoll_commit_messages_sum')).toBe(3);
    http.broker.online = false;
    expect((await read(http)).get('atoll_broker_connected')).toBe(0);
  });

  it('knows when the last jump was, or else when the coordinator started', async () => {
    const http = start(specOf(4, { islands: 2 }));
    const last = async () => (await read(http)).get('atoll_last_jump_timestamp_seconds');
    const started = http.clock.now;
    await http.join('a');
    http.clock.now += 5000;
    expect(await last()).toBe(started / 1000);
    http.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(10), 1);
    await vi.waitFor(() => expect(http.log).toContain('ack 1'));
    expect(await last()).toBe(started / 1000 + 5);
    http.clock.now += 5000;
    http.improve(0, [entryOf(2, [0], 0.25)], checkpointAt(20), 2);
    await vi.waitFor(() => expect(http.log).toContain('ack 2'));
    expect(await last()).toBe(started / 1000 + 5);
  });

  it('shows the budget that the run has, in base units', async () => {
    const spec = specOf(4);
    const budget = { evaluations: 5000, cost: 7000, minutes: 1.5, targetMedian: 0.9 };
    const series = await read(start({ ...spec, budget }));
    expect(series.get('atoll_run_budget_evaluations')).toBe(5000);
    expect(series.get('atoll_run_budget_forward_passes')).toBe(7000);
    expect(series.get('atoll_run_budget_seconds')).toBe(90);
    expect(series.get('atoll_run_target_median')).toBe(0.9);
  });

  it('has no more series however much nonsense comes', async () => {
    const http = start(specOf(4, { islands: 2 }));
    await http.join('a');
    http.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(10), 1);
    await vi.waitFor(() => expect(http.log).toContain('ack 1'));
    await scrape(http);
    const before = [...(await read(http)).keys()];
    for (let i = 0; i < 500; i++) {
      http.push({ type: 'rejected', reason: `nonsense ${i}` as Extract<Refusal, 'malformed'> });
      http.beat(1000 + i, i);
      http.improve(2000 + i, [entryOf(1, [i], 0.1)], checkpointAt(i), 10 + i);
      await http.join(`worker ${i}`);
    }
    await vi.waitFor(() => expect(http.log).toContain('ack 509'));
    const fresh = [...(await read(http)).keys()].filter((name) => !before.includes(name));
    // Node's own resources come and go.
    expect(fresh.filter((name) => name.startsWith('atoll_'))).toEqual([]);
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!promtool)('passes `promtool check metrics` (skipped where there is no promtool)', async () => {
    const labels = ['school bus', 'tench, "Tinca tinca"', 'crêpe\nSuzette', 'a\\b'];
    const http = start(specOf(4), {
      start: { store: createSqliteStore(join(root.path, 'archive.db'), labels) },
    });
    await http.ask('/nothing');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await scrape(http),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
