import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestPackage, packModel, unpackModel } from '../../../../protocol/transport/nats/model-package.js';
import { fetchModel, publishModel } from '../../../../protocol/transport/nats/model-store.js';
import { MODEL_BUCKET } from '../../../../protocol/transport/nats/subjects.js';
import { startNatsServer, type TestServer } from '../../../nats-server.js';

let root: string;
let server: TestServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-models-'));
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

let directories = 0;
async function directoryOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const directory = join(root, `d${directories++}`);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  await mkdir(directory, { recursive: true });
  return directory;
}

async function filesOf(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(directory.length + 1)] = (await readFile(path)).toString('hex');
  }
  return files;
}

const MODEL = {
  'card.yaml': 'output: logits\n',
  'model.onnx': randomBytes(3_000_000),
  'weights/part-1.bin': randomBytes(5),
  'weights/empty.bin': '',
};

describe('the model store', () => {
  it('a model that was published is fetched file by file, and cached', async () => {
    const directory = await directoryOf(MODEL);
    const broker = { servers: [server.url] };
    const digest = await publishModel(broker, directory);
    expect(await publishModel(broker, directory)).toBe(digest);
    const cache = join(root, 'cache');
    const fetched = await fetchModel(broker, digest, cache);
    expect(fetched).toBe(join(cache, digest));
    expect(await filesOf(fetched)).toEqual(await filesOf(directory));
    // Nobody is asked again.
    const nowhere = { servers: ['nats://127.0.0.1:1'], patienceMilliseconds: 0 };
    expect(await fetchModel(nowhere, digest, cache)).toBe(fetched);
    expect(await readdir(cache)).toEqual([digest]);
  });

  it('a damaged cache is fetched anew, by several processes at once', async () => {
    const broker = { servers: [server.url] };
    const directory = await directoryOf(MODEL);
    const digest = await publishModel(broker, directory);
    const cache = join(root, 'damaged');
    await mkdir(join(cache, digest), { recursive: true });
    await writeFile(join(cache, digest, 'card.yaml'), 'output: softmax\n');
    await fetchModel(broker, digest, cache);
    expect(await filesOf(join(cache, digest))).toEqual(await filesOf(directory));
  });

  it('a model that the broker does not have, or has wrong, is said so and nothing is left behind', async () => {
    const broker = { servers: [server.url] };
    const cache = join(root, 'wrong');
    const absent = 'ab'.repeat(32);
    await expect(fetchModel(broker, absent, cache)).rejects.toMatchObject({ code: 'ERR_MODEL_PACKAGE' });
    const nc = await connect({ servers: server.url });
    const store = await nc.jetstream().views.os(MODEL_BUCKET);
    const chunks: Uint8Array[] = [];
    for await (const chunk of packModel(await directoryOf({ 'a.txt': 'another' }))) chunks.push(chunk);
    await store.putBlob({ name: absent }, Buffer.concat(chunks));
    await nc.close();
    await expect(fetchModel(broker, absent, cache)).rejects.toMatchObject({ code: 'ERR_MODEL_PACKAGE' });
    expect(await readdir(cache)).toEqual([]);
  });
});

describe('a package', () => {
  const heading = (files: unknown) => `${JSON.stringify({ format: 'atoll-model-1', files })}\n`;

  async function* chunked(bytes: Uint8Array, size: number) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  it('is the same bytes for the same files, however it is cut', async () => {
    const small = { 'b.txt': 'bb', 'a/c.txt': 'c', 'a.txt': 'aaa' };
    const [one, two] = [await directoryOf(small), await directoryOf(small)];
    const digest = await digestPackage(one);
    expect(await digestPackage(two)).toBe(digest);
    const chunks: Uint8Array[] = [];
    for await (const chunk of packModel(one)) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
    for (const size of [1, 2, 7, 1000]) {
      const to = await directoryOf({});
      expect(await unpackModel(chunked(bytes, size), to)).toBe(digest);
      expect(await filesOf(to)).toEqual(await filesOf(one));
    }
  });

  it.each([
    ['a path that climbs out', `${heading([{ path: '../x', size: 1 }])}a`],
    ['a path that climbs out on its way', `${heading([{ path: 'a/../../x', size: 1 }])}a`],
    ['a path to its own directory', `${heading([{ path: '.', size: 1 }])}a`],
    ['a path without a name', `${heading([{ path: 'a//x', size: 1 }])}a`],
    ['a path with a zero byte', `${heading([{ path: 'x\0y', size: 1 }])}a`],
    ['a path that is too long', `${heading([{ path: 'x'.repeat(256), size: 1 }])}a`],
    ['a negative size', `${heading([{ path: 'x', size: -1 }])}a`],
    ['a link', `${heading([{ path: 'x', size: 1, link: '/etc/passwd' }])}a`],
    [
      'a file below a file',
      `${heading([
        { path: 'x', size: 1 },
        { path: 'x/y', size: 1 },
      ])}ab`,
    ],
    ['an absolute path', `${heading([{ path: '/tmp/x', size: 1 }])}a`],
    ['a path of Windows', `${heading([{ path: 'c:\\x', size: 1 }])}a`],
    [
      'one path twice',
      `${heading([
        { path: 'x', size: 1 },
        { path: 'x', size: 1 },
      ])}ab`,
    ],
    ['an early end', `${heading([{ path: 'x', size: 3 }])}ab`],
    ['a late end', `${heading([{ path: 'x', size: 1 }])}ab`],
    ['no files', heading([])],
    ['no heading', 'abc'],
    ['nothing', ''],
  ])('with %s is refused', async (_, text) => {
    const to = await directoryOf({});
    await expect(unpackModel(chunked(Buffer.from(text), 10), to)).rejects.toMatchObject({
      code: 'ERR_MODEL_PACKAGE',
      exitCode: 2,
    });
  });
});
