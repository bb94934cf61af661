import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogueEntry } from '../../../worker/model/catalogue.js';
import { pullModel } from '../../../worker/model/pull.js';

const CONTENT = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 256));
const ENTRY: CatalogueEntry = {
  name: 'net',
  format: 'onnx',
  digest: createHash('sha256').update(CONTENT).digest('hex'),
  input: {},
  source: 'a test',
  download: { path: 'folder/net.onnx', size: CONTENT.length },
};

let directory: string;
let server: Server | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-pull-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(directory, { recursive: true });
});

/** A server on this machine; returns its base URL and the ranges that were asked for. */
async function serve(answer: RequestListener): Promise<{ baseUrl: string; ranges: (string | undefined)[] }> {
  const ranges: (string | undefined)[] = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/`, ranges };
}

/** A server that knows ranges, as GitHub's does. */
const honest: RequestListener = (request, response) => {
  if (request.url !== '/folder/net.onnx') return response.writeHead(404).end();
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  return response.writeHead(start > 0 ? 206 : 200).end(CONTENT.subarray(start));
};

const files = async () => (await readdir(directory)).sort();

describe('a pull', () => {
  it('brings the whole file, says how far it is, and does not fetch it twice', async () => {
    const { baseUrl, ranges } = await serve(honest);
    const seen: number[] = [];
    const onProgress = (received: number, size: number) => {
      expect(size).toBe(CONTENT.length);
      seen.push(received);
    };
    const path = await pullModel(ENTRY, directory, { baseUrl, onProgress });
    expect(path).toBe(join(directory, 'net.onnx'));
    expect(Buffer.compare(await readFile(path), CONTENT)).toBe(0);
    expect(seen.at(-1)).toBe(CONTENT.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await pullModel(ENTRY, directory, { baseUrl });
    expect(ranges).toHaveLength(1);
    expect(await files()).toEqual(['net.onnx']);
  });

  it('that breaks off keeps what came, and goes on from there', async () => {
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 20));
    });
    const pulling = pullModel(ENTRY, directory, { baseUrl: broken.baseUrl });
    await expect(pulling).rejects.toMatchObject({ code: 'ERR_PULL', exitCode: 3 });
    expect(await files()).toEqual(['net.onnx.part']);
    const { size } = await stat(join(directory, 'net.onnx.part'));
    expect(size).toBeGreaterThan(0);
    server?.close();
    const { baseUrl, ranges } = await serve(honest);
    const path = await pullModel(ENTRY, directory, { baseUrl });
    expect(ranges).toEqual([`bytes=${size}-`]);
    expect(Buffer.compare(await readFile(path), CONTENT)).toBe(0);
    expect(await files()).toEqual(['net.onnx']);
  });

  it('starts over where the server ignores ranges', async () => {
    await writeFile(join(directory, 'net.onnx.part'), CONTENT.subarray(0, 5000));
    const { baseUrl } = await serve((_, response) => response.writeHead(200).end(CONTENT));
    const path = await pullModel(ENTRY, directory, { baseUrl });
    expect(Buffer.compare(await readFile(path), CONTENT)).toBe(0);
  });

  it('finishes a part that is whole already, and drops one that is too long', async () => {
    const { baseUrl, ranges } = await serve(honest);
    await writeFile(join(directory, 'net.onnx.part'), CONTENT);
    await pullModel(ENTRY, directory, { baseUrl });
    expect(ranges).toEqual([]);
    await rm(join(directory, 'net.onnx'));
    await writeFile(join(directory, 'net.onnx.part'), Buffer.concat([CONTENT, CONTENT]));
    const path = await pullModel(ENTRY, directory, { baseUrl });
    expect(Buffer.compare(await readFile(path), CONTENT)).toBe(0);
  });

  it('of other bytes than the catalogue’s leaves nothing behind', async () => {
    const wrong = Buffer.from(CONTENT);
    wrong[7] = 0;
    for (const body of [wrong, Buffer.concat([CONTENT, Buffer.from('x')])]) {
      const { baseUrl } = await serve((_, response) => response.writeHead(200).end(body));
      const pulling = pullModel(ENTRY, directory, { baseUrl });
      await expect(pulling).rejects.toMatchObject({ code: 'ERR_PULL', exitCode: 2 });
      expect(await files()).toEqual([]);
      server?.close();
    }
  });

  it('replaces a file of that name which is not the model', async () => {
    await writeFile(join(directory, 'net.onnx'), 'something else');
    const { baseUrl } = await serve(honest);
    const path = await pullModel(ENTRY, directory, { baseUrl });
    expect((await readFile(path)).length).toBe(CONTENT.length);
  });

  it('is refused in one sentence where there is no such file, no server, or nothing to download', async () => {
    const { baseUrl } = await serve(honest);
    const elsewhere = { ...ENTRY, download: { path: 'none.onnx', size: 1 } };
    await expect(pullModel(elsewhere, directory, { baseUrl })).rejects.toThrow(/404/);
    const down = { baseUrl: 'http://127.0.0.1:9/' };
    await expect(pullModel(ENTRY, directory, down)).rejects.toMatchObject({ exitCode: 3 });
    const { download: _download, ...local } = ENTRY;
    await expect(pullModel(local, directory, { baseUrl })).rejects.toMatchObject({ code: 'ERR_PULL' });
    expect((await files()).filter((name) => !name.endsWith('.part'))).toEqual([]);
  });

  it('can be interrupted, and keeps what came', async () => {
    const { baseUrl } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 50_000));
    });
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const pulling = pullModel(ENTRY, directory, { baseUrl, onProgress, signal: controller.signal });
    await expect(pulling).rejects.toMatchObject({ exitCode: 130 });
    expect(await files()).toEqual(['net.onnx.part']);
  });

  it('into a place that cannot be written says so', async () => {
    const taken = join(directory, 'file');
    await writeFile(taken, '');
    const { baseUrl } = await serve(honest);
    await expect(pullModel(ENTRY, taken, { baseUrl })).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
      exitCode: 2,
    });
  });
});
