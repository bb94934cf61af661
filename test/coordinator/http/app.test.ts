import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createImages } from '../../../coordinator/http/images.js';
import { HTTP_LIMITS } from '../../../coordinator/http/limits.js';
import { controlViewSchema, islandsViewSchema, runViewSchema } from '../../../coordinator/http/views.js';
import type { Drawer } from '../../../protocol/drawing/drawer.js';
import { TWO_SENTENCES } from '../../sentences.js';
import { candidateOf, checkpointAt, entryOf, labelsOf, specOf } from '../fixtures.js';
import { type HttpHarness, seriesOf, startHttp, TOKEN } from './fixtures.js';

const running: HttpHarness[] = [];
afterEach(async () => {
  for (const harness of running.splice(0)) await harness.stop();
});

function start(...args: Parameters<typeof startHttp>): HttpHarness {
  const harness = startHttp(...args);
  running.push(harness);
  return harness;
}

/** A run in which an island found elites of classes 0 and 2. */
async function startedRun(...args: Parameters<typeof startHttp>): Promise<HttpHarness> {
  const http = start(...args);
  await http.join('w');
  http.improve(0, [entryOf(1, [0, 2], 0.5)], checkpointAt(10), 1);
  http.improve(0, [entryOf(2, [2], 0.75)], checkpointAt(20), 2);
  await vi.waitFor(() => expect(http.log).toContain('ack 2'));
  return http;
}

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** A refusal in full: a stable code, and one sentence of three clauses. */
async function refusal(answer: Response): Promise<{ status: number; code: string; message: string }> {
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  expect(error.code).toMatch(/^ERR_[A-Z_]+$/);
  expect(error.message).toMatch(TWO_SENTENCES);
  return { status: answer.status, ...error };
}

describe('reading a run', () => {
  it('tells its spec, its figures and its islands, without a token', async () => {
    const http = await startedRun();
    http.beat(0, 30);
    await vi.waitFor(() => expect(http.coordinator.islands()[0]?.totals.evaluations).toBe(30));
    http.clock.now += 3000;
    const run = runViewSchema.parse(await (await http.ask('/api/run')).json());
    expect(run).toMatchObject({
      run: 'test',
      state: 'running',
      spec: { classes: 4, encoding: 'cppn', seed: 1 },
      filled: 2,
      coverage: 0.5,
      qdScore: 1.25,
      above: { '0.5': 2, '0.9': 0 },
      totals: { evaluations: 30 },
      islands: { live: 1, lost: 0, joining: 0, done: 0, failed: 0 },
    });
    const { islands } = islandsViewSchema.parse(await (await http.ask('/api/islands')).json());
    expect(islands).toMatchObject([{ number: 0, worker: 'w', state: 'live', secondsSinceHeard: 3 }]);
  });

  it('gives the elite of each class, or of each at or above a confidence', async () => {
    const http = await startedRun();
    const all = (await (await http.ask('/api/archive')).json()) as { elites: object[] };
    expect(all).toMatchObject({ classes: 4, filled: 2 });
    expect(all.elites).toEqual([
      {
        classId: 0,
        label: 'label 0',
        confidence: 0.5,
        digest: candidateOf(1).digest,
        island: 0,
        islandEvaluation: 2,
      },
      {
        classId: 2,
        label: 'label 2',
        confidence: 0.75,
        digest: candidateOf(2).digest,
        island: 0,
        islandEvaluation: 3,
      },
    ]);
    for (const [above, classes] of [
      ['0.5', [0, 2]],
      ['0.51', [2]],
      ['1', []],
    ] as const) {
      const { elites } = (await (await http.ask(`/api/archive?above=${above}`)).json()) as {
        elites: { classId: number }[];
      };
      expect(elites.map(({ classId }) => classId)).toEqual(classes);
    }
  });

  it('tells where an elite comes from, and the last jumps of its class', async () => {
    const http = await startedRun();
    for (let i = 3; i < 63; i++) http.improve(0, [entryOf(i, [2], 0.75 + i / 1000)], checkpointAt(10 * i), i);
    await vi.waitFor(() => expect(http.log).toContain('ack 62'));
    const elite = (await (await http.ask('/api/elites/2')).json()) as { history: { digest: string }[] };
    expect(elite).toMatchObject({
      classId: 2,
      label: 'label 2',
      confidence: Math.fround(0.812),
      digest: candidateOf(62).digest,
      evaluation: 63,
      parent: null,
      nodes: 5,
      image: '/api/elites/2/image.png',
    });
    expect(elite.history).toHaveLength(50);
    expect(elite.history.at(-1)?.digest).toBe(candidateOf(62).digest);
  });

  it('shows nothing that is not stored', async () => {
    let full = false;
    const http = await startedRun(specOf(4), {
      start: {
        onCommit() {
          if (full) throw new Error('no room');
        },
      },
    });
    full = true;
    http.improve(0, [entryOf(9, [0, 1], 0.9)], checkpointAt(30), 3);
    await vi.waitFor(() => expect(http.coordinator.state).toBe('failed'));
    expect(http.coordinator.archive.confidences[0]).toBe(Math.fround(0.9));
    const run = runViewSchema.parse(await (await http.ask('/api/run')).json());
    expect(run).toMatchObject({ state: 'failed', filled: 2, qdScore: 1.25 });
    expect(await (await http.ask('/api/elites/0')).json()).toMatchObject({ confidence: 0.5 });
    expect(await refusal(await http.ask('/api/elites/1'))).toMatchObject({ code: 'ERR_EMPTY_CELL' });
  });
});

describe('an image of an elite', () => {
  it('is a PNG of the size asked for, which a browser caches for as long as the elite stays', async () => {
    const http = await startedRun();
    const answer = await http.ask('/api/elites/2/image.png?size=40');
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(await sharp(await answer.arrayBuffer()).metadata()).toMatchObject({ format: 'png', width: 40 });
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toBe(`"${candidateOf(2).digest}-40"`);
    const again = await http.ask('/api/elites/2/image.png?size=40', { headers: { 'If-None-Match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await http.ask('/api/elites/2/image.png', { headers: { 'If-None-Match': etag } });
    expect(other.status).toBe(200);
    expect(await sharp(await other.arrayBuffer()).metadata()).toMatchObject({ width: 256, height: 256 });
  });

  it('can be of 1 to 1024 pixels and of nothing else', async () => {
    const http = await startedRun();
    for (const size of ['1', '1024']) {
      expect((await http.ask(`/api/elites/2/image.png?size=${size}`)).status).toBe(200);
    }
    for (const size of ['0', '1025', '1.5', '-1', '1e3', 'NaN', '', '9'.repeat(30), '../../etc/passwd']) {
      const answer = await http.ask(`/api/elites/2/image.png?size=${encodeURIComponent(size)}`);
      expect(await refusal(answer)).toMatchObject({ status: 400, code: 'ERR_QUERY' });
    }
  });

  it('is refused for a while where too many wait for theirs', async () => {
    const slow: Drawer = {
      tensor: () => new Float32Array(),
      pixels: (_, width, height) => ({ width, height, channels: 1, data: new Uint8Array(width * height) }),
    };
    const limits = { waiting: 2, cacheBytes: 1 << 20 };
    const http = await startedRun(specOf(4), { ports: { images: createImages(slow, () => 0, limits) } });
    const answers = await Promise.all(
      [10, 11, 12].map((size) => http.ask(`/api/elites/2/image.png?size=${size}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
    expect(answers[2]?.headers.get('retry-after')).toBe('1');
    expect((await http.ask('/api/elites/2/image.png?size=12')).status).toBe(200);
  });
});

describe('what is refused', () => {
  it('says so in JSON and one sentence', async () => {
    const http = await startedRun();
    const cases: readonly (readonly [path: string, status: number, code: string, init?: RequestInit])[] = [
      ['/nowhere', 404, 'ERR_NOT_FOUND'],
      ['/assets/nothing.js', 404, 'ERR_NOT_FOUND'],
      ['/api/elites/1/history', 404, 'ERR_EMPTY_CELL'],
      ['/api/genomes/abc', 404, 'ERR_GENOME'],
      ['/api/look', 415, 'ERR_IMAGE_TYPE', { method: 'POST' }],
      ['/api/run/', 404, 'ERR_NOT_FOUND'],
      ['/api/../../etc/passwd', 404, 'ERR_NOT_FOUND'],
      ['/api/elites/4', 404, 'ERR_CLASS'],
      ['/api/elites/-1', 404, 'ERR_CLASS'],
      ['/api/elites/1e0', 404, 'ERR_CLASS'],
      ['/api/elites/%2e%2e%2fetc', 404, 'ERR_CLASS'],
      ['/api/elites/%zz', 404, 'ERR_CLASS'],
      ['/api/elites/1', 404, 'ERR_EMPTY_CELL'],
      ['/api/elites/1/image.png', 404, 'ERR_EMPTY_CELL'],
      ['/api/archive?above=2', 400, 'ERR_QUERY'],
      ['/api/archive?above=x', 400, 'ERR_QUERY'],
      ['/api/run', 405, 'ERR_METHOD', { method: 'POST' }],
      ['/api/run', 405, 'ERR_METHOD', { method: 'OPTIONS' }],
      ['/api/pause', 405, 'ERR_METHOD'],
      ['/api/pause', 401, 'ERR_NO_TOKEN', { method: 'POST' }],
      ['/api/pause', 401, 'ERR_WRONG_TOKEN', { method: 'POST', ...bearer(`${TOKEN}x`) }],
      ['/api/pause', 401, 'ERR_WRONG_TOKEN', { method: 'POST', ...bearer(TOKEN.slice(0, -1)) }],
      ['/api/pause', 400, 'ERR_TOKEN_HEADER', { method: 'POST', headers: { Authorization: 'Basic eDp5' } }],
      [`/api/run?${'x'.repeat(HTTP_LIMITS.urlLength)}`, 414, 'ERR_URL_TOO_LONG'],
      ['/api/pause', 413, 'ERR_BODY_TOO_LARGE', { method: 'POST', headers: { 'Content-Length': '4097' } }],
      ['/api/pause', 411, 'ERR_BODY_LENGTH', { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } }],
    ];
    for (const [path, status, code, init] of cases) {
      const answer = await http.ask(path, init);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await refusal(answer), path).toMatchObject({ status, code });
    }
    expect(http.coordinator.state).toBe('running');
    expect(http.errors).toEqual([]);
  });

  it('names the methods of a path that has another', async () => {
    const http = start();
    expect((await http.ask('/api/stop')).headers.get('allow')).toBe('POST');
    expect((await http.ask('/metrics', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD');
  });

  it('includes an address that asks more often than it may, and no other', async () => {
    const http = start(specOf(4), { ports: { limits: { ...HTTP_LIMITS, requests: 3 } } });
    const from = (address: string) =>
      http.app.request('http://localhost/api/run', { headers: { host: 'localhost' } }, { address });
    for (let i = 0; i < 3; i++) expect((await from('10.0.0.1')).status).toBe(200);
    const answer = await from('10.0.0.1');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refusal(answer)).toMatchObject({ status: 429, code: 'ERR_TOO_MANY_REQUESTS' });
    expect((await from('10.0.0.2')).status).toBe(200);
  });

  it('on loopback includes names that are not of this machine, as a page of elsewhere would ask for (DNS rebinding)', async () => {
    const http = start();
    for (const host of ['localhost:7464', 'LOCALHOST', '127.0.0.1:80', '127.1.2.3', '[::1]:7464']) {
      expect((await http.ask('/healthz', { headers: { host } })).status, host).toBe(200);
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example:7464',
      '10.0.0.1',
      '',
    ]) {
      const answer = await http.ask('/healthz', { headers: { host } });
      expect(await refusal(answer), host).toMatchObject({ status: 403, code: 'ERR_FOREIGN_HOST' });
    }
    const open = start(specOf(4), { ports: { loopback: false } });
    expect((await open.ask('/healthz', { headers: { host: 'head.lab:7464' } })).status).toBe(200);
  });

  it('lets no page of elsewhere read anything', async () => {
    const http = await startedRun();
    const answer = await http.ask('/api/run', { headers: { Origin: 'https://evil.example' } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('changing a run', () => {
  const post = (http: HttpHarness, verb: string) =>
    http.ask(`/api/${verb}`, { method: 'POST', ...bearer(TOKEN), body: '{}' });

  it('needs the token; twice does the same as once', async () => {
    const http = await startedRun();
    const states: string[] = [];
    for (const verb of ['pause', 'pause', 'resume', 'resume', 'pause', 'stop', 'stop']) {
      const answer = await post(http, verb);
      expect(answer.status).toBe(200);
      states.push(controlViewSchema.parse(await answer.json()).state);
    }
    expect(states).toEqual(['paused', 'paused', 'running', 'running', 'paused', 'ending', 'ending']);
    const told = http.commands.map(({ command }) => command.type).filter((type) => type !== 'neighbours');
    expect(told).toEqual(['pause', 'resume', 'pause', 'stop']);
  });

  it('is refused when the run is over', async () => {
    const http = await startedRun();
    await post(http, 'stop');
    expect(await refusal(await post(http, 'pause'))).toMatchObject({ status: 409, code: 'ERR_RUN_OVER' });
    http.farewell(0);
    await http.coordinator.done;
    expect(http.coordinator.state).toBe('ended');
    expect(await refusal(await post(http, 'stop'))).toMatchObject({ status: 409, code: 'ERR_RUN_OVER' });
  });
});

describe('health', () => {
  it('is alive while it answers, and ready while the broker is reached and the store can be written', async () => {
    let full = false;
    const http = await startedRun(specOf(4), {
      start: {
        onCommit() {
          if (full) throw new Error('no room');
        },
      },
    });
    expect((await http.ask('/readyz')).status).toBe(200);
    http.broker.online = false;
    expect(await refusal(await http.ask('/readyz'))).toMatchObject({
      status: 503,
      code: 'ERR_BROKER_OFFLINE',
    });
    http.broker.online = true;
    expect((await http.ask('/readyz')).status).toBe(200);
    full = true;
    http.improve(0, [entryOf(9, [1], 0.9)], checkpointAt(30), 3);
    await vi.waitFor(() => expect(http.coordinator.state).toBe('failed'));
    expect(await refusal(await http.ask('/readyz'))).toMatchObject({ status: 503, code: 'ERR_STORE_FAILED' });
    expect((await http.ask('/healthz')).status).toBe(200);
  });

  it('a defect of ours is a 500 in JSON, and the operator hears of it', async () => {
    const http = start(specOf(4), {
      ports: {
        metrics: {
          contentType: 'text/plain',
          observeRequest() {},
          scrape: () => Promise.reject(new Error('defect')),
        },
      },
    });
    expect(await refusal(await http.ask('/metrics'))).toMatchObject({ status: 500, code: 'ERR_INTERNAL' });
    expect(http.errors).toMatchObject([{ message: 'defect' }]);
  });
});

describe('the metrics of requests', () => {
  it('name patterns, few methods and codes, whatever is asked for', async () => {
    const http = await startedRun();
    const scrape = async () => seriesOf(await (await http.ask('/metrics')).text());
    const requests = (series: Map<string, number>) =>
      [...series.keys()].filter((name) => name.startsWith('atoll_http_requests_total'));
    const labels = labelsOf(200);
    await http.ask('/api/elites/2');
    await http.ask('/nothing', { method: 'PURGE' });
    await http.ask('/nothing');
    await scrape();
    const before = requests(await scrape());
    for (const [i, label] of labels.entries()) {
      await http.ask(`/api/elites/${2 + 1000 * (i % 2)}?x=${label}`);
      await http.ask(`/${label}`, { method: i % 2 === 0 ? 'PURGE' : 'GET' });
    }
    const series = await scrape();
    const after = requests(series);
    expect(after.length).toBeLessThanOrEqual(before.length + 1);
    expect(after).toContain('atoll_http_requests_total{route="/api/elites/:class",method="GET",code="200"}');
    expect(series.get('atoll_http_requests_total{route="unknown",method="other",code="404"}')).toBe(101);
    expect(series.get('atoll_http_request_seconds_count{route="/api/elites/:class"}')).toBe(201);
  });
});
