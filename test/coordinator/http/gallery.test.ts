import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Network, Subject, Verdict } from '../../../coordinator/gallery/network.js';
import { readPageFiles } from '../../../coordinator/gallery/page-files.js';
import type { HttpPorts } from '../../../coordinator/http/app.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import { decodeGenome } from '../../../protocol/encodings/codec.js';
import { digestOf } from '../../../protocol/encodings/digest.js';
import { candidateOf, checkpointAt, eliteOf, entryOf, genomeOf, specOf } from '../fixtures.js';
import { jumpInto, NOTHING } from '../jumps.js';
import { type HttpHarness, startHttp } from './fixtures.js';

const running: HttpHarness[] = [];
afterEach(async () => {
  for (const http of running.splice(0)) await http.stop();
});

function start(ports: Partial<HttpPorts> = {}): HttpHarness {
  const http = startHttp(specOf(4), { ports });
  running.push(http);
  return http;
}

async function json(http: HttpHarness, path: string, init?: RequestInit) {
  const answer = await http.ask(path, init);
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

describe("a run's past, over HTTP", () => {
  it('is a curve, what has held a class, and an elite with its ancestors', async () => {
    const http = start();
    await http.join('worker-0');
    const parent = candidateOf(1);
    http.improve(0, [entryOf(1, [1, 2], 0.25)], checkpointAt(10));
    const child = { ...entryOf(2, [2], 0.5), parent: { digest: parent.digest, classId: 1 } };
    http.improve(0, [child], checkpointAt(20));
    await vi.waitFor(() => expect(http.store.history().length).toBe(3));
    await vi.waitFor(() => expect(http.coordinator.summary().totals.evaluations).toBe(20));

    const { points } = (await json(http, '/api/curve')).body as unknown as { points: object[] };
    expect(points.at(-1)).toMatchObject({
      evaluation: 20,
      coverage: 0.5,
      median: 0.125,
      above: { '0.5': 1 },
    });
    const past = await json(http, '/api/elites/2/history');
    expect(past.body).toMatchObject({
      omitted: 0,
      jumps: [
        { digest: parent.digest, confidence: 0.25, previousConfidence: null, goalSwitch: false, island: 0 },
        { confidence: 0.5, previousConfidence: 0.25, goalSwitch: false, time: '1970-01-01T00:16:40.000Z' },
      ],
    });
    const line = await json(http, '/api/elites/2/lineage');
    expect(line.body).toMatchObject({
      omitted: 0,
      ancestors: [
        { digest: parent.digest, classId: 1, label: 'label 1', confidence: 0.25, kept: 'genome' },
        { classId: 2, label: 'label 2', confidence: 0.5 },
      ],
    });
    expect((await json(http, '/api/labels')).body).toEqual({
      labels: ['label 0', 'label 1', 'label 2', 'label 3'],
    });
    expect((await json(http, '/api/runs')).body).toEqual({ runs: [{ base: '', name: 'test', live: true }] });
  });

  it('is genomes by their digest, which never change, also when they hold no class any more', async () => {
    const http = start();
    const archive = createArchive(4);
    const first = candidateOf(1);
    const jumps = [eliteOf(0, 0.25, first), eliteOf(0, 0.5, candidateOf(2))].flatMap(
      (elite) => jumpInto(archive, elite) ?? [],
    );
    http.store.commit({ ...NOTHING, jumps });
    const answer = await http.ask(`/api/genomes/${first.digest}`);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect([digestOf(bytes), decodeGenome(bytes)]).toEqual([first.digest, genomeOf(1)]);
    const image = await http.ask(`/api/genomes/${first.digest}/image.png?size=8`);
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png']);
    const pixels = candidateOf(3, 'direct');
    const direct = [eliteOf(1, 0.25, pixels), eliteOf(1, 0.5, candidateOf(4, 'direct'))];
    http.store.commit({ ...NOTHING, jumps: direct.flatMap((elite) => jumpInto(archive, elite) ?? []) });
    expect(await json(http, `/api/genomes/${pixels.digest}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'ERR_GENOME_NOT_KEPT' } },
    });
    expect(await json(http, `/api/genomes/${pixels.digest}/miniature`)).toMatchObject({
      status: 404,
      body: { error: { code: 'ERR_MINIATURE' } },
    });
    // Small pixels are kept whole where they were a milestone of their class.
    const [small, heir] = [candidateOf(5, 'direct'), candidateOf(6, 'direct')];
    for (const elite of [eliteOf(2, 0.25, small), eliteOf(2, 0.5, heir)]) {
      http.store.commit({ ...NOTHING, jumps: [jumpInto(archive, elite)].flatMap((jump) => jump ?? []) });
    }
    for (const path of [`/api/genomes/${small.digest}`, `/api/genomes/${small.digest}/miniature`]) {
      const kept = new Uint8Array(await (await http.ask(path)).arrayBuffer());
      expect([digestOf(kept), decodeGenome(kept)]).toEqual([small.digest, genomeOf(5, 'direct')]);
    }
  });
});

describe('what the network sees', () => {
  /** A network that is asked, and answers this. */
  function networkThatSays(verdict: Verdict): Network & { readonly asked: Subject[] } {
    const asked: Subject[] = [];
    return {
      asked,
      input: Promise.resolve({ width: 8, height: 8, channels: 'grey' }),
      async ask(subject) {
        asked.push(subject);
        return verdict;
      },
    };
  }
  const seen: Verdict = { type: 'seen', best: [{ classId: 3, confidence: 0.75 }] };
  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'image/png', more = {}) => ({
    method: 'POST',
    body,
    headers: { 'Content-Type': type, ...more },
  });

  it('is told of an elite and of a picture, with labels', async () => {
    const network = networkThatSays(seen);
    const http = start({ network });
    await http.join('worker-0');
    http.improve(0, [entryOf(1, [1], 0.25)], checkpointAt(10));
    await vi.waitFor(() => expect(http.store.elites().length).toBe(1));
    const best = [{ classId: 3, label: 'label 3', confidence: 0.75 }];
    expect((await json(http, '/api/elites/1/opinion')).body).toEqual({ best });
    const picture = Uint8Array.of(1, 2, 3);
    expect((await json(http, '/api/look', post(picture))).body).toEqual({ best });
    expect(network.asked).toEqual([
      { type: 'genome', bytes: candidateOf(1).bytes },
      { type: 'picture', bytes: picture },
    ]);
    expect((await json(http, '/api/run')).body).toMatchObject({ input: { width: 8, channels: 'grey' } });
  });

  it('tells what it gives natural images, where that was measured, and nothing where it was not', async () => {
    const told = start({ natural: async () => 'Natural images: median confidence 0.6' });
    expect((await json(told, '/api/run')).body).toMatchObject({
      natural: 'Natural images: median confidence 0.6',
    });
    const silent = start({ natural: async () => undefined });
    expect((await json(silent, '/api/run')).body).not.toHaveProperty('natural');
  });

  it.each<[string, RequestInit, Verdict, number, string]>([
    ['is no picture', post('hello'), { type: 'bad-picture', problem: 'No', fix: 'Yes' }, 422, 'ERR_IMAGE'],
    ['says that it is no picture', post('hello', 'text/plain'), seen, 415, 'ERR_IMAGE_TYPE'],
    [
      'is too large',
      post('x', 'image/png', { 'Content-Length': `${(8 << 20) + 1}` }),
      seen,
      413,
      'ERR_BODY_TOO_LARGE',
    ],
    [
      'comes from elsewhere',
      post('x', 'image/png', { Origin: 'https://evil.example' }),
      seen,
      403,
      'ERR_FOREIGN_ORIGIN',
    ],
    ['has to wait', post('x'), { type: 'busy' }, 503, 'ERR_BUSY_LOOKING'],
    ['nobody can look at', post('x'), { type: 'absent', problem: 'Gone' }, 503, 'ERR_NO_NETWORK'],
  ])('is not told of what %s', async (_, init, verdict, status, code) => {
    const http = start({ network: networkThatSays(verdict) });
    expect(await json(http, '/api/look', init)).toMatchObject({ status, body: { error: { code } } });
  });

  it('is refused in a sentence where there is no network', async () => {
    expect(await json(start(), '/api/look', post('x'))).toMatchObject({
      status: 503,
      body: { error: { code: 'ERR_NO_NETWORK' } },
    });
  });
});

describe('the page', () => {
  let directory: string | undefined;
  afterEach(() => {
    if (directory) rmSync(directory, { recursive: true, force: true });
  });

  function build(): string {
    directory = mkdtempSync(join(tmpdir(), 'atoll-page-'));
    mkdirSync(join(directory, 'assets'));
    writeFileSync(join(directory, 'index.html'), `<!doctype html>${' '.repeat(1000)}`);
    writeFileSync(join(directory, 'assets/index-4f.js'), 'export {};'.repeat(100));
    writeFileSync(join(directory, 'secret.txt'), 'not of the page');
    return directory;
  }

  it('may run its own scripts and ask this server, and nothing else; its parts are kept for ever', async () => {
    const http = start({ page: readPageFiles(build()) });
    const page = await http.ask('/');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; .*connect-src 'self'.*frame-ancestors 'none'$/,
    );
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe-inline');
    expect([page.headers.get('referrer-policy'), page.headers.get('x-content-type-options')]).toEqual([
      'no-referrer',
      'nosniff',
    ]);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = await http.ask('/assets/index-4f.js', { headers: { 'Accept-Encoding': 'br, gzip' } });
    expect([script.headers.get('content-type'), script.headers.get('content-encoding')]).toEqual([
      'text/javascript; charset=utf-8',
      'gzip',
    ]);
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(gunzipSync(await script.arrayBuffer()).toString()).toBe('export {};'.repeat(100));
  });

  it('has no other parts, whatever the path says', async () => {
    const http = start({ page: readPageFiles(build()) });
    for (const path of ['/secret.txt', '/assets/../secret.txt', '/assets/..%2findex.html', '/assets/']) {
      expect((await http.ask(path)).status, path).toBe(404);
    }
  });

  it('says so in one sentence where it was not built', async () => {
    const answer = await start({ page: readPageFiles('/nowhere') }).ask('/');
    expect(await answer.text()).toMatch(/^This Atoll was built without its gallery\. [^.]+\.\n$/);
  });
});
