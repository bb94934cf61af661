import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import Database from 'libsql';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATOLL, runAtoll, startAtoll } from './atoll.js';
import { callAtoll } from './call.js';

/** Every command but `up` and `bench`, on a small real run. */

let root: string;
let run: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-commands-'));
  run = join(root, 'runs/small');
  const up = 'up --name small --islands 1 --seed 5 --evaluations 400'.split(' ');
  const { code, stderr } = await runAtoll(up, root);
  expect(code, stderr).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What a command that is asked for JSON says last; it must have gone well. */
async function good<T = Record<string, unknown>>(args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await callAtoll(args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

interface Exported {
  readonly directory: string;
  readonly elites: number;
  readonly files: readonly string[];
}

interface Elite {
  readonly classId: number;
  readonly confidence: number;
  readonly image: string;
}

async function exportedElites(directory: string): Promise<readonly Elite[]> {
  const { elites } = JSON.parse(await readFile(join(directory, 'elites.json'), 'utf8')) as {
    elites: Elite[];
  };
  return elites;
}

describe('atoll export', () => {
  it('makes a picture of each class at the size asked for, a sheet and two tables that agree', async () => {
    const { directory, elites, files } = await good<Exported>(['export', run, '--size', '96', '--json']);
    expect(directory).toBe(join(run, 'export'));
    expect(elites).toBe(10);
    const rows = await exportedElites(directory);
    // The page of walls is in what is built, which this does not call.
    const tables = ['contact-sheet.png', 'elites.csv', 'elites.json'];
    expect([...files].sort()).toEqual([...tables, ...rows.map(({ image }) => image)].sort());
    for (const { image } of rows) {
      const { width, height, format } = await sharp(join(directory, image)).metadata();
      expect({ width, height, format }).toEqual({ width: 96, height: 96, format: 'png' });
    }
    const csv = await readFile(join(directory, 'elites.csv'), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(1 + rows.length + 1);
  });

  it('gives pictures to which the network gives the confidence that the archive holds', async () => {
    const out = join(root, 'true-size');
    await good(['export', run, '--out', out, '--json']);
    for (const { classId, confidence, image } of (await exportedElites(out)).slice(0, 4)) {
      const picture = join(out, image);
      const { top } = await good<{ top: Elite[] }>(['classify', picture, '--top', '10', '--json']);
      expect(top).toHaveLength(10);
      expect(top.find((guess) => guess.classId === classId)?.confidence).toBeCloseTo(confidence, 5);
    }
  });

  it('says last where everything is, by the path that is shorter to type', async () => {
    const near = join('node_modules', '.cache', 'atoll-export-test');
    try {
      const args = ['export', run, '--what', 'images,csv', '--scaling', 'redraw', '--size', '90'];
      const { code, stdout } = await callAtoll([...args, '--out', near]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/redrawn to 90 × 90.* median confidence of [01]\.\d{4}/);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe(`10 elites are in ${near}`);
      const far = join(root, 'far');
      const [shorter] = [far, relative('', far)].sort((a, b) => a.length - b.length);
      const { stdout: said } = await callAtoll(['export', run, '--what', 'csv', '--out', far]);
      expect(said).toBe(`10 elites are in ${shorter}\n`);
    } finally {
      await rm(near, { recursive: true, force: true });
    }
  });

  it('gives only the classes and the parts asked for', async () => {
    const out = join(root, 'part');
    const args = ['export', run, '--out', out, '--classes', '0,3,7', '--what', 'images,json', '--json'];
    const { elites, files } = await good<Exported>(args);
    expect(elites).toBe(3);
    expect((await exportedElites(out)).map(({ classId }) => classId)).toEqual([0, 3, 7]);
    expect(files).toHaveLength(4);
    expect((await readdir(out)).sort()).toEqual(['elites.json', 'images']);
  });

  it('replaces an earlier export, and touches no directory of somebody else', async () => {
    const out = join(root, 'twice');
    await good(['export', run, '--out', out, '--what', 'csv', '--json']);
    await good(['export', run, '--out', out, '--what', 'json', '--json']);
    expect(await readdir(out)).toEqual(['elites.json']);
    await writeFile(join(out, 'thesis.txt'), 'mine');
    const { code, stderr } = await callAtoll(['export', run, '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toContain('thesis.txt');
    expect((await readdir(out)).sort()).toEqual(['elites.json', 'thesis.txt']);
  });

  it('is interrupted by Ctrl-C with exit code 130, and leaves nothing half made', async () => {
    const out = join(root, 'interrupted');
    const child = startAtoll(['export', run, '--out', out, '--size', '4096', '--what', 'images']);
    while (!(await readdir(root)).some((name) => name.startsWith('interrupted.'))) await soon();
    child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode, child.said()).toBe(130);
    expect((await readdir(root)).filter((name) => name.startsWith('interrupted'))).toEqual([]);
  });
});

describe('atoll verify', () => {
  /** A copy of the run, to be spoilt. */
  async function copyOfRun(name: string): Promise<string> {
    const copy = join(root, 'spoilt', name);
    await cp(run, copy, { recursive: true });
    return copy;
  }

  function alter(directory: string, sql: string): void {
    const database = new Database(join(directory, 'archive.db'));
    database.exec(sql);
    database.close();
  }

  it('finds every elite of a run as it was stored, wherever the directory was moved to', async () => {
    const moved = await copyOfRun('moved');
    const result = await good<{ largestDifference: number }>(['verify', moved, '--json']);
    expect(result).toMatchObject({ run: 'small', elites: 10, outside: 0, modelKept: true, verified: true });
    expect(result.largestDifference).toBeLessThanOrEqual(1e-4);
  });

  it('agrees within 1e-4 on the other engine', async () => {
    const result = await good(['verify', run, '--engine', 'tensorflow', '--json']);
    expect(result).toMatchObject({ engine: 'tensorflow', verified: true });
  });

  it('notices one confidence that was changed by a thousandth', async () => {
    const spoilt = await copyOfRun('confidence');
    alter(
      spoilt,
      `UPDATE jump SET confidence = confidence - 0.001 WHERE id = (SELECT jump_id FROM elite WHERE class_id = 6);
       UPDATE elite SET confidence = confidence - 0.001 WHERE class_id = 6`,
    );
    const { code, stdout, stderr } = await callAtoll(['verify', spoilt, '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^atoll: 1 of 10 elites differ by more than 0\.0001, the worst \(class 6\) by 0\.001/m,
    );
    expect(JSON.parse(stdout)).toMatchObject({ outside: 1, worstClass: 6, verified: false });
    const tolerant = await good(['verify', spoilt, '--tolerance', '0.01', '--json']);
    expect(tolerant).toMatchObject({ outside: 0, verified: true });
  });

  it('notices that the model is not the one of the run', async () => {
    const spoilt = await copyOfRun('model');
    const weights = join(spoilt, 'model/weights.bin');
    const bytes = await readFile(weights);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    await writeFile(weights, bytes);
    const { code, stderr } = await callAtoll(['verify', spoilt]);
    expect(code).toBe(1);
    expect(stderr).toContain('is not the one that the run was made with');
  });
});

describe('atoll runs', () => {
  it('lists what is there, and what is broken with the reason', async () => {
    const runs = join(root, 'listed');
    await cp(run, join(runs, 'whole'), { recursive: true });
    await cp(run, join(runs, 'broken'), { recursive: true });
    await writeFile(join(runs, 'broken/run.yaml'), 'spec: [');
    await mkdir(join(runs, 'not-a-run'));
    const listing = await good<{ runs: object[] }>(['runs', '--runs', runs, '--json']);
    expect(listing.runs).toHaveLength(2);
    expect(listing.runs).toMatchObject([
      { name: 'broken', state: 'broken' },
      { name: 'whole', state: 'idle', model: 'digits', classes: 10, evaluations: 400, coverage: 1 },
    ]);
    const { stdout } = await callAtoll(['runs', '--runs', runs]);
    expect(stdout.split('\n')[0]).toMatch(/^run\s+state\s+model/);
    expect(stdout).toMatch(/^whole\s+idle\s+digits\s+cppn\s+10\s+400\s+100\.0 %/m);
  });

  it('says so when there is none', async () => {
    const { code, stdout, stderr } = await callAtoll(['runs', '--runs', join(root, 'nowhere')]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('no runs in');
  });
});

describe('atoll models', () => {
  it('lists the shipped network and the catalogue', async () => {
    const { models } = await good<{ models: { name: string; state: string }[] }>(['models', '--json']);
    expect(models[0]).toMatchObject({ name: 'digits', state: 'shipped' });
    expect(models.length).toBeGreaterThan(50);
    expect(models.map(({ name }) => name)).toContain('squeezenet1.1-7');
  });

  it('shows what a model file holds, as text and as JSON', async () => {
    const inspection = await good(['models', 'inspect', 'digits', '--json']);
    expect(inspection).toMatchObject({ format: 'tfjs-layers', outputs: [{ shape: [null, 10] }] });
    const { stdout } = await callAtoll(['models', 'inspect', 'digits']);
    expect(stdout).toContain(`digest: ${String(inspection.digest)}`);
  });
});

describe('atoll models probe', () => {
  let images: string;
  beforeAll(async () => {
    images = join(root, 'labelled');
    await mkdir(images);
    for (const digit of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const grey = {
        create: { width: 28, height: 28, channels: 3, background: `rgb(${digit * 20},9,9)` },
      } as const;
      await sharp(grey)
        .png()
        .toFile(join(images, `${digit}_made-up.png`));
    }
  });

  it('says which preprocessing is best, and how it compares with the others', async () => {
    const result = await good(['models', 'probe', 'digits', '--images', images, '--json']);
    expect(result).toMatchObject({ model: 'digits', pictures: 10, classes: 10 });
    const { candidates } = result as {
      candidates: { preprocess: string; known: boolean; top1Accuracy: number }[];
    };
    const names = candidates.map(({ preprocess }) => preprocess);
    expect(names.filter((name) => name !== 'known').sort()).toEqual(['byte', 'signed', 'unit']);
    expect(candidates.filter(({ known }) => known)).toHaveLength(1);
    const shares = candidates.map(({ top1Accuracy }) => top1Accuracy);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  });

  it('tells a person in a table, takes fewer pictures when asked, and says when it is all guessing', async () => {
    const { code, stdout, stderr } = await callAtoll([
      'models',
      'probe',
      'digits',
      '--images',
      images,
      '--at-most',
      '4',
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^preprocess +channels +top-1 accuracy +top-5 accuracy +median confidence of the right class\n/,
    );
    expect(stdout).toMatch(/names the right class of \d of 4 pictures at best\./);
  });
});

const MNIST = '../shared/models/onnx/mnist-8.onnx';

describe.skipIf(!existsSync(MNIST))(`atoll models pull (needs ${MNIST})`, () => {
  let bytes: Buffer;
  let server: Server;
  let baseUrl: string;
  /** What was asked for, as `Range` headers, in order. */
  const ranges: (string | undefined)[] = [];

  beforeAll(async () => {
    bytes = await readFile(MNIST);
    // The first answer stops half way, and stays open.
    server = createServer((request, response) => {
      const { range } = request.headers;
      ranges.push(range);
      const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
      response.writeHead(range ? 206 : 200, { 'content-length': bytes.length - from });
      if (ranges.length === 1) response.write(bytes.subarray(0, 10_000));
      else response.end(bytes.subarray(from));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('interrupted, keeps what has come; pulled again, it goes on from there and ends with the whole file', async () => {
    const dir = join(root, 'pulled');
    const args = ['models', 'pull', 'mnist-8', '--dir', dir, '--base-url', baseUrl, '--json'];
    const child = startAtoll(args);
    const part = join(dir, 'mnist-8.onnx.part');
    while (!existsSync(part) || (await readFile(part)).length < 10_000) await soon();
    child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode, child.said()).toBe(130);
    expect(await readdir(dir)).toEqual(['mnist-8.onnx.part']);

    const { path } = await good<{ path: string }>(args);
    expect(path).toBe(join(dir, 'mnist-8.onnx'));
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect(await readdir(dir)).toEqual(['mnist-8.onnx']);
    expect(ranges).toEqual([undefined, 'bytes=10000-']);

    await good(args);
    expect(ranges, 'a whole file is not fetched again').toHaveLength(2);
  });
});

describe('standard output', () => {
  /** Runs a shell line in which `"$@"` is `node atoll`. */
  function shell(line: string): Promise<{ stderr: string; stdout: string }> {
    return promisify(execFile)('bash', ['-c', line, 'bash', process.execPath, ATOLL]);
  }

  it('may be closed by who reads it', async () => {
    const { stdout, stderr } = await shell('"$@" models --json | true; echo $PIPESTATUS');
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('may not take the result: one sentence, exit code 2', async () => {
    const { stdout, stderr } = await shell('"$@" models > /dev/full; echo "$?"');
    expect(stdout).toBe('2\n');
    expect(stderr).toMatch(/^atoll: The result could not be written \(no space left on device\)\. .+\.\n$/);
  });
});

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
