import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARDS, jsonOf } from '../../../ops/grafana/dashboards.js';
import { type Choices, interpolate, readDashboard } from '../../../ops/grafana/sketch/plain-dashboard.js';
import { queryRange } from '../../../ops/grafana/sketch/prometheus.js';
import { seriesOf, sketch } from '../../../ops/grafana/sketch/sketch.js';
import { freePort, startNatsServer } from '../../nats-server.js';
import { findPrometheus, WITHOUT_PROMETHEUS } from '../../prometheus-binaries.js';
import { endAll, type Running, start, untilSaid } from '../running.js';
import { startGpuExporter, startNatsExporter } from './exporters.js';
import { startPrometheus, type TestPrometheus } from './prometheus.js';

/**
 * Every query of every panel and every rule, asked of a real Prometheus that scrapes a real run. With
 * ATOLL_SKETCHES=FOLDER each dashboard is also drawn there: ATOLL_SKETCH_SECONDS of a run on ATOLL_SKETCH_MODEL, with the
 * class ATOLL_SKETCH_CLASS chosen.
 */

const RULES = fileURLToPath(new URL('../../../ops/prometheus/rules', import.meta.url));
const FOLDER = process.env.ATOLL_SKETCHES;
/** Enough for every rate to have two points. */
const SECONDS = Number(process.env.ATOLL_SKETCH_SECONDS ?? 6);
const RUN = 'watched';
const CLASS = process.env.ATOLL_SKETCH_CLASS ?? '7';
const MODEL = process.env.ATOLL_SKETCH_MODEL;

const binaries = findPrometheus();
if (binaries === undefined) process.stderr.write(`${WITHOUT_PROMETHEUS}\n`);

describe.skipIf(binaries === undefined)('with a real Prometheus and a real run', () => {
  /** What is to be undone, the last first. */
  const releases: (() => PromiseLike<unknown>)[] = [];
  function use<T extends AsyncDisposable>(resource: T): T {
    releases.unshift(() => resource[Symbol.asyncDispose]());
    return resource;
  }
  let prometheus: TestPrometheus;
  let choices: Choices;
  const span = () => {
    const to = Date.now() / 1000;
    return { from: to - SECONDS, to, step: Math.max(1, Math.round(SECONDS / 120)) };
  };

  beforeAll(
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'atoll-watched-'));
      releases.unshift(() => rm(directory, { recursive: true, force: true }));
      const monitoring = `127.0.0.1:${await freePort()}`;
      const server = use(await startNatsServer({ configuration: `http: "${monitoring}"` }));
      const processes: Running[] = [];
      releases.unshift(() => endAll(processes));
      const environment = {
        XDG_CACHE_HOME: join(directory, 'cache'),
        XDG_STATE_HOME: join(directory, 'state'),
      };
      const place = ['--nats', server.url, '--run', RUN];
      const atoll = async (said: RegExp, ...words: readonly string[]) => {
        const running = start(environment, ...words);
        processes.push(running);
        await untilSaid(running, said);
        return said.exec(running.output.text)?.[1] ?? '';
      };
      const budget = ['--islands', '2', '--evaluations', '100000000', '--seed', '5'];
      // Several emitters, so that panels have one to compare with another.
      budget.push('--encoding', 'dense', '--set', 'evolution.emitters=[mutation,iso-line,gradient]');
      if (MODEL !== undefined) budget.push('--model', MODEL);
      const runs = ['--runs', directory, '--http', '0'];
      const coordinator = await atoll(
        /watch it at http:\/\/(\S+)/,
        'coordinator',
        ...place,
        ...runs,
        ...budget,
      );
      const names = ['--name', 'box', '--islands', '2', '--metrics-port', '0'];
      const worker = await atoll(/metrics at http:\/\/(\S+)\/metrics/, 'worker', ...place, ...names);
      choices = { run: RUN, coordinator, worker, class: CLASS, __rate_interval: '30s' };
      const nats = use(await startNatsExporter(`http://${monitoring}`));
      const gpu = use(await startGpuExporter());
      prometheus = use(
        await startPrometheus(binaries?.prometheus ?? '', {
          'atoll-coordinator': coordinator,
          'atoll-worker': worker,
          'atoll-broker': `127.0.0.1:${nats.port}`,
          'atoll-gpu': `127.0.0.1:${gpu.port}`,
        }),
      );
      await vi.waitFor(
        async () => {
          const now = { from: Date.now() / 1000 - 3, to: Date.now() / 1000, step: 1 };
          const [found] = await queryRange(prometheus.url, 'instance:atoll_evaluations:rate2m > 0', now);
          expect(found).toBeDefined();
        },
        { timeout: 40_000, interval: 500 },
      );
      await new Promise((resolve) => setTimeout(resolve, 1000 * SECONDS));
    },
    60_000 + 1000 * SECONDS,
  );
  afterAll(async () => {
    for (const release of releases) await release();
  });

  describe.each([...DASHBOARDS.values()].map((dashboard) => readDashboard(jsonOf(dashboard))))(
    '$title',
    (page) => {
      const panels = page.panels.filter(({ type }) => type !== 'row');
      it.each(panels)('$title: each query finds something', async (panel) => {
        for (const query of panel.targets ?? []) {
          const series = await seriesOf(
            { ...panel, targets: [query] },
            { url: prometheus.url, choices, span: span() },
          );
          expect(series.flatMap(({ points }) => points).length, query.expr).toBeGreaterThan(0);
          // A legend that names a label which is not there would be empty.
          const wanted = [...query.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
          const labels = series.flatMap((one) => Object.keys(one.labels));
          // Without an alert there is no name of one.
          expect(wanted.filter((label) => label !== 'alertname' && !labels.includes(label))).toEqual([]);
        }
      });

      it('is drawn with what they find', async () => {
        const png = await sketch(page, { url: prometheus.url, choices, span: span() });
        expect(png.subarray(1, 4).toString()).toBe('PNG');
        if (FOLDER === undefined) return;
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(join(FOLDER, `${page.uid}.png`), png);
      });
    },
  );

  it('has rules that are all in order', async () => {
    const answer = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
      readonly data: {
        readonly groups: readonly {
          readonly rules: readonly {
            readonly name: string;
            readonly health: string;
            readonly lastError?: string;
          }[];
        }[];
      };
    };
    const rules = answer.data.groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('has every metric that a rule names: none is mistyped, or was renamed since', async () => {
    const text = ['recording.yml', 'alerts.yml'].map((file) => {
      const { groups } = parse(readFileSync(join(RULES, file), 'utf8')) as {
        readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
      };
      return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)).join('\n');
    });
    const names = new Set(text.join('\n').match(/\b(?:atoll|DCGM|instance:atoll|worker:atoll)_[\w:]+/g));
    expect(names.size).toBeGreaterThan(15);
    const missing: string[] = [];
    for (const name of names) {
      const found = await queryRange(prometheus.url, name, span());
      if (found.length === 0) missing.push(name);
    }
    expect(missing).toEqual([]);
  });

  it('has the emitters of the run alone, whose shares make the whole', async () => {
    const shares = await queryRange(prometheus.url, 'instance:atoll_emitter_forward_passes:share2m', span());
    expect(shares.map(({ labels }) => labels.emitter).sort()).toEqual(['gradient', 'iso-line', 'mutation']);
    const last = shares.map(({ points }) => points.at(-1)?.[1] ?? 0);
    expect(last.reduce((sum, share) => sum + share)).toBeCloseTo(1, 10);
  });

  it('has no alert for a run that is well', async () => {
    expect(await queryRange(prometheus.url, 'ALERTS{alertstate="firing"}', span())).toEqual([]);
  });
});

describe('a query', () => {
  it('has its variables replaced, and none forgotten', () => {
    expect(interpolate('a{b=~"$run"}[$__rate_interval]', { run: 'x', __rate_interval: '5s' })).toBe(
      'a{b=~"x"}[5s]',
    );
    expect(() => interpolate('a{b=~"$nobody"}', {})).toThrow('expected a choice for $nobody');
  });
});
