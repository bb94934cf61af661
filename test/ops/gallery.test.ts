import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { decodeLive } from '../../protocol/wire/live-codec.js';
import { childrenOf, endAll, type Running, start, untilGone, untilSaid } from './running.js';
import { evolveSmallRun } from './small-run.js';

/** Real runs in a gallery: what is asked for comes from their directories, and from their network. */

let directory: string;
let environment: NodeJS.ProcessEnv;
let finished: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-gallery-'));
  environment = { XDG_STATE_HOME: join(directory, 'state') };
  finished = await evolveSmallRun(directory);
});
const running: Running[] = [];
afterEach(() => endAll(running.splice(0)));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Starts a command that shows something; returns where. */
async function show(
  ...args: readonly string[]
): Promise<{ readonly url: string; readonly process: Running }> {
  const process = start(environment, ...args);
  running.push(process);
  await untilSaid(process, /watch it at \S+\n/);
  return { url: /watch it at (\S+)/.exec(process.output.text)?.[1] ?? '', process };
}

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  expect(answer.status, url).toBe(200);
  return (await answer.json()) as T;
}

interface Opinion {
  readonly best: readonly { readonly classId: number; readonly label: string; readonly confidence: number }[];
}
interface EliteView {
  readonly confidence: number;
  readonly digest: string;
  readonly image: string;
}

describe('atoll gallery', () => {
  it('shows a finished run and one that goes on, side by side, and changes neither', async () => {
    const flags = ['--islands', '1', '--seed', '1', '--evaluations', '1000000000', '--http', '0'];
    const live = await show('up', '--runs', directory, '--name', 'live', ...flags);
    while ((await get<{ coverage: number }>(`${live.url}/api/run`)).coverage < 1);
    const { url, process } = await show('gallery', finished, join(directory, 'live'), '--http', '0');
    expect(await get(`${url}/api/runs`)).toEqual({
      runs: [
        { base: '/runs/0', name: 'small', live: false },
        { base: '/runs/1', name: 'live', live: false },
      ],
    });
    for (const [base, state] of [
      ['/runs/0', 'ended'],
      ['/runs/1', 'running'],
    ]) {
      const run = await get<{ state: string; input: object }>(`${url}${base}/api/run`);
      expect(run).toMatchObject({ state, input: { width: 28, height: 28, channels: 'grey' } });
      const elite = await get<EliteView>(`${url}${base}/api/elites/3`);
      expect((await fetch(`${url}${elite.image}?size=28`)).status).toBe(200);
    }
    expect((await fetch(`${url}/runs/1/api/stop`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/runs/2/api/run`)).status).toBe(404);
    expect((await get<{ state: string }>(`${live.url}/api/run`)).state).toBe('running');
    process.child.kill('SIGTERM');
    expect(await process.exit).toBe(0);
  });

  it('follows a run that goes on: its figures, its cells, and that it ends', async () => {
    const flags = ['--islands', '1', '--seed', '2', '--evaluations', '1000000000', '--http', '0'];
    const live = await show('up', '--runs', directory, '--name', 'followed', ...flags);
    while ((await get<{ coverage: number }>(`${live.url}/api/run`)).coverage < 1);
    const { url } = await show('gallery', join(directory, 'followed'), '--http', '0');
    const facts = () => get<{ state: string; totals: { evaluations: number } }>(`${url}/runs/0/api/run`);
    const before = (await facts()).totals.evaluations;
    const page = new WebSocket(`${url.replace('http:', 'ws:')}/runs/0/api/live`);
    let cells = 0;
    const states = new Set<string>();
    page.on('message', (data) => {
      const message = decodeLive(data as Buffer);
      if (message.type === 'cells') cells += message.cells.length;
      else states.add(message.state);
    });
    // All ten of them at first, then those that improve.
    while (cells <= 10 || (await facts()).totals.evaluations === before) await rest(100);
    live.process.child.kill('SIGTERM');
    await live.process.exit;
    while (!states.has('ended')) await rest(100);
    expect(states).toEqual(new Set(['running', 'ended']));
    page.terminate();
    const { elites } = await get<{ elites: EliteView[] }>(`${url}/runs/0/api/archive`);
    const reader = openSqliteReader(join(directory, 'followed', 'archive.db'));
    expect(elites.map(({ digest }) => digest)).toEqual(reader.elites().map(({ genome }) => genome.digest));
    reader.close();
  });

  it('feeds pages the cells of a finished run', async () => {
    const { url } = await show('gallery', finished, '--http', '0');
    const page = new WebSocket(`${url.replace('http:', 'ws:')}/runs/0/api/live`);
    const digests = await new Promise<string[]>((resolve) => {
      page.on('message', (data) => {
        const message = decodeLive(data as Buffer);
        if (message.type === 'cells') resolve(message.cells.map(({ digest }) => digest));
      });
    });
    page.terminate();
    const { elites } = await get<{ elites: EliteView[] }>(`${url}/runs/0/api/archive`);
    expect(digests).toEqual(elites.map(({ digest }) => digest));
  });

  it('can be taken along: an export has the wall as one file that names no other', async () => {
    const out = join(directory, 'taken');
    const process = start(environment, 'export', finished, '--what', 'html', '--out', out, '--json');
    running.push(process);
    expect(await process.exit).toBe(0);
    expect(await readdir(out)).toEqual(['wall.html']);
    const html = await readFile(join(out, 'wall.html'), 'utf8');
    expect(html).toMatch(/<script id="run" type="text\/plain">[A-Za-z0-9+/=]{2000,}<\/script>/);
    expect(html).toContain("default-src 'none'; script-src 'sha256-");
    expect(html).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)="(?!data:)/);
  });

  it.each([
    ['what is no run', [], 'is not a run directory'],
    ['an invalid port', ['--http', 'x'], 'must be a port, or HOST:PORT'],
  ])('refuses %s in one sentence', async (_, more, problem) => {
    const process = start(environment, 'gallery', join(directory, 'nowhere'), ...more);
    running.push(process);
    expect(await process.exit).toBe(2);
    expect(process.output.text).toContain(problem);
  });
});

describe('the network of a run', () => {
  it('says of an elite what it said when the elite was found, and the same of its picture; it ends with the server', async () => {
    const { url, process } = await show('gallery', finished, '--http', '0');
    const base = `${url}/runs/0/api`;
    const { confidence } = await get<EliteView>(`${base}/elites/3`);
    const opinion = await get<Opinion>(`${base}/elites/3/opinion`);
    expect(opinion.best.length).toBe(5);
    const own = opinion.best.find(({ classId }) => classId === 3);
    expect(own?.label).toBe('3');
    expect(own?.confidence).toBeCloseTo(confidence, 5);
    const picture = await (await fetch(`${base}/elites/3/image.png?size=28`)).arrayBuffer();
    const answer = await fetch(`${base}/look`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/png' },
      body: picture,
    });
    const seen = (await answer.json()) as Opinion;
    expect(seen.best.find(({ classId }) => classId === 3)?.confidence).toBeCloseTo(confidence, 5);
    const children = await childrenOf(process.child.pid ?? 0);
    expect(children.length).toBe(1);
    process.child.kill('SIGTERM');
    expect(await process.exit).toBe(0);
    for (const child of children) await untilGone(child);
  });
});
