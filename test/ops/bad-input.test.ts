import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockRun, type RunLock } from '../../coordinator/run-lock.js';
import { knownByName } from '../../worker/model/catalogue.js';
import { type Ran, runAtoll } from './atoll.js';
import { writeBadFiles } from './bad-files.js';
import { writeBadRuns } from './bad-runs.js';
import { callAtoll } from './call.js';
import { snapshot } from './snapshot.js';

/**
 * DESIGN, promise 6: bad input gets one clear sentence (what was expected, what came, what to do) and exit code 2,
 * nothing is lost and nothing half-written. Each kind goes through a process of its own; the many others of
 * that kind are called in this process, which takes a tenth of the time.
 */

/** Holds `files/` and `runs/`, which no case may change, and a directory of its own for each case. */
let box: string;
let before: Record<string, string>;
let lock: RunLock;

beforeAll(async () => {
  box = await mkdtemp(join(tmpdir(), 'atoll-bad-'));
  // Networks that were pulled on this machine do not count.
  process.env.XDG_CACHE_HOME = join(box, 'cache');
  const good = [
    'up',
    '--runs',
    join(box, 'made'),
    '--name',
    'good',
    '--islands',
    '1',
    '--evaluations',
    '200',
  ];
  const [made] = await Promise.all([runAtoll(good), writeBadFiles(join(box, 'files'))]);
  expect(made.code, made.stderr).toBe(0);
  await writeBadRuns(join(box, 'made/good'), join(box, 'runs'));
  await cp(join(box, 'made/good'), join(box, 'in-use/good'), { recursive: true });
  lock = lockRun(join(box, 'in-use/good'), { pid: process.pid, command: 'this test', since: new Date() });
  before = await untouched();
});
afterAll(async () => {
  lock.release();
  expect(await untouched()).toEqual(before);
  await rm(box, { recursive: true, force: true });
});

/** Who had a run last stands in its lock.db; an archive that has to be opened first bears the mark of its journal. */
const MAY_CHANGE = /lock\.db(?:-wal|-shm)?$|^bad-genome\/archive\.db$/;

/** What may not change. */
async function untouched(): Promise<Record<string, string>> {
  const found = { ...(await snapshot(join(box, 'files'))), ...(await snapshot(join(box, 'runs'))) };
  const kept = Object.entries(found).filter(([path]) => !MAY_CHANGE.test(path));
  // Of the run in use no database may be read here: closing it would end this process's lock.
  const spec = await readFile(join(box, 'in-use/good/run.yaml'), 'utf8');
  return { ...Object.fromEntries(kept), 'the spec of the run in use': spec };
}

type Run = (args: readonly string[], directory: string) => Promise<Ran>;

/** Runs a command line in this process. */
const call: Run = async (args, directory) => {
  const home = process.cwd();
  process.chdir(directory);
  try {
    return await callAtoll(args);
  } finally {
    process.chdir(home);
  }
};

let cases = 0;

/** Runs a command line in an empty directory; words that begin with `files/` or `runs/` lie in the box. */
async function refused(run: Run, line: string, says: RegExp): Promise<void> {
  const directory = join(box, `case-${cases++}`);
  await mkdir(directory);
  const args = line
    .split(' ')
    .map((word) => (/^(?:files|runs|in-use)\//.test(word) ? join(box, word) : word));
  const { code, stdout, stderr } = await run(args, directory);
  expect(stderr).toMatch(/^atoll: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
  expect(stderr).toMatch(says);
  // Nothing of the machine's own: no colours, stacks, codes of the system, objects.
  expect(stderr).not.toMatch(/[^\P{Cc}\n]|\bat \S+:\d+|\bE[A-Z]{4,}\b:|undefined|\[object/u);
  expect(stderr.length).toBeLessThan(500);
  expect({ code, stdout, left: await readdir(directory) }).toEqual({ code: 2, stdout: '', left: [] });
}

type Case = readonly [line: string, says: RegExp];

/** Short: whatever comes next must not be asked for more than these. */
const UP = 'up --islands 1 --evaluations 100';

const COMMAND_LINE: readonly Case[] = [
  ['fly', /a command .*got "fly"/],
  ['upp', /\(up\?\)/],
  ['--fast', /a flag .*got "--fast"; see atoll --help/],
  ['up --evaluatons 5', /--evaluations\?.*see atoll up --help/],
  ['models pull', /argument <name>/],
  ['models pull --fast x', /see atoll models pull --help/],
  ['export', /argument <run>/],
  ['up something', /no arguments but flags/],
  ['up --config', /a value after --config/],
  ['up --preset fast', /default or paper after --preset, got "fast"/],
  ['up --engine torch', /onnx or tensorflow after --engine, got "torch"/],
  ['up --encoding pixels', /cppn or direct after --encoding/],
  ['up --topology mesh', /full, ring, torus, star, random:K .* or none after --topology, got "mesh"/],
  ['up --topology random:65', /K from 1 to 64.*got "random:65"/],
  ['coordinator --nats x --run y --topology mesh', /full, ring, torus, star, random:K/],
  ['up --set migration.rate=101%', /migration\.rate to be a whole number from 1, or a percentage/],
  ['up --device tpu', /cpu, webgpu, cuda or cuda:N.*got "tpu"/],
  ['up --device cuda:x', /cuda or cuda:N/],
  ['up --islands many', /a whole number from 1 after --islands, got "many"/],
  ['up --islands 0', /a whole number from 1 after --islands, got "0"/],
  ['up --islands 2000', /islands to be at most 1024, got 2000/],
  ['up --evaluations -5', /after --evaluations, got "-5"/],
  ['up --evaluations 0', /after --evaluations, got "0"/],
  ['up --minutes 0', /greater than 0 after --minutes/],
  ['up --minutes -1', /greater than 0 after --minutes/],
  ['up --target-median 1.5', /at most 1 after --target-median/],
  ['up --seed 0.5', /a whole number from 0 after --seed/],
  ['up --batch 0', /after --batch/],
  ['up --size 0', /from 1 to 4096 after --size/],
  ['up --mean 0.5,x', /after --mean/],
  ['up --name a/b', /name to be 1–64 letters/],
  ['bench --seconds 0', /after --seconds/],
  ['classify files/good.png --top 0', /after --top/],
];

const SPECS: readonly Case[] = [
  ['up --set islands', /KEY=VALUE/],
  ['up --set islands=[1', /KEY=VALUE/],
  ['up --set colour=red', /unknown colour;/],
  ['up --set evolution.mutation.rat=0.1', /unknown evolution\.mutation\.rat;/],
  ['up --set evolution.mutation.rate=2', /evolution\.mutation\.rate to be at most 1, got 2;/],
  ['up --set budget=5', /budget to be keys with values, got 5/],
  ['up --config files/configs/key.yaml', /unknown evolution\.mutation\.rat;/],
  ['up --config files/configs/type.yaml', /islands to be a number, got "many"/],
  ['up --config files/configs/list.yaml', /got a list/],
  ['up --config files/configs/broken.yaml', /a YAML file/],
  ['up --config files/configs/none.yaml', /got no such file/],
];

const MODELS: readonly Case[] = [
  [`${UP} --model files/none.onnx`, /a model file, a directory with one, or a name in the catalogue/],
  [`${UP} --model nonesuch`, /a name in the catalogue, got "nonesuch"/],
  [`${UP} --model mnist-8`, /atoll models pull mnist-8/],
  [`${UP} --model files/truncated.onnx`, /truncated\.onnx to be a whole ONNX model/],
  [`${UP} --model files/text.onnx`, /text\.onnx to be a whole ONNX model/],
  [`${UP} --model files/nothing.onnx`, /a whole ONNX model, got 0 bytes/],
  [`${UP} --model files/good.png`, /a whole ONNX model/],
  [`${UP} --model files/unknown.onnx`, /normalisation .* put a card beside it/],
  [`${UP} --model files/words.onnx`, /a classifier of images.*got an input of shape \[1,128\]/],
  [`${UP} --model files/two-inputs.onnx`, /a classifier of images.*got one with 2 inputs/],
  [`${UP} --model files/painter.onnx`, /a classifier of images.*got outputs of shape \[1,3,4,4\]/],
  [`${UP} --model files/operator.onnx`, /Frobnicate/],
  [`${UP} --model files/classes.onnx`, /5 labels.*got 7/],
  [`${UP} --model files/infinite.onnx`, /finite scores/],
  [`${UP} --model files/apart.onnx`, /2 files of the model.*weights\.bin/],
  [`${UP} --model files/empty`, /one model .*got none/],
  [`${UP} --model files/crowd`, /one model .*got 2/],
  [`${UP} --model files/card-of-nothing`, /none\.onnx, got no such file/],
  [`${UP} --model files/good.onnx --engine tensorflow`, /use --engine onnx/],
  [`${UP} --model files/layers/broken`, /model\.json, got broken JSON/],
  [`${UP} --model files/layers/foreign`, /is of class LSTM, .*--engine tensorflow/],
  [`${UP} --model files/layers/shard`, /are 1000 bytes, but model.json wants 222408/],
  [`${UP} --model files/layers/graph`, /a classifier of images/],
  [`${UP} --model files/layers/escaping`, /a shard outside of its folder/],
  ['models inspect files/text.onnx', /a whole ONNX model/],
  ['models pull nonesuch', /a name of the catalogue, got "nonesuch"/],
  ['models pull squeezenet-fp16', /a model that can be downloaded/],
  ['models pull mnist-8 --dir files/good.png', /to write /],
  ['models pull mnist-8 --base-url somewhere', /an http or https address/],
];

const CARDS: readonly Case[] = [
  ...[
    ['size', /224×224.*got NCHW, 4×4/],
    ['layout', /NHWC.*got NCHW/],
    ['channels', /1 channel.*got NCHW, 4×4, 3 channels/],
    ['output', /outputs that are softmax/],
    ['format', /to be tfjs-layers, as its card says, got onnx/],
    ['key', /a model card with known keys only, got the unknown colour/],
    ['labels', /5 labels, one for each class, got 2/],
    ['broken', /a model card \(YAML\)/],
    ['none', /got no such file/],
  ].map(
    ([card, says]): Case => [`${UP} --model files/good.onnx --card files/cards/${card}.yaml`, says as RegExp],
  ),
  [`${UP} --model files/good.onnx --labels files/labels/few.txt`, /5 labels, one for each class, got 2/],
  [`${UP} --model files/good.onnx --labels files/labels/broken.json`, /got broken JSON/],
  [`${UP} --model files/good.onnx --labels files/labels/other.json`, /a list of labels/],
  [`${UP} --model files/good.onnx --labels files/labels/none.txt`, /got no such file/],
  [`${UP} --model files/good.onnx --size 5`, /5×5.*got NCHW, 4×4/],
  [`${UP} --model files/good.onnx --mean 0.5 --scale 1`, /give one of them/],
  [`${UP} --model files/good.onnx --output-name z`, /the outputs y/],
];

const PICTURES: readonly Case[] = [
  ['classify files/none.png', /got no file there/],
  ['classify files/text.png', /a PNG, JPEG or WebP picture/],
  ['classify files/nothing.png', /a PNG, JPEG or WebP picture/],
  ['classify files/truncated.png', /a PNG, JPEG or WebP picture/],
  ['classify files/bomb.png', /of at most \d+ pixels.*bomb\.png/],
  ['classify files/picture.gif', /got gif/],
  ['classify files/empty', /got no file there/],
];

const RUNS: readonly Case[] = [
  ...[
    ['none', /got nothing there/],
    ['nothing', /got no run\.yaml in it/],
    ['no-spec', /got no run\.yaml in it/],
    ['no-archive', /got no archive\.db in it/],
    ['no-model', /got no model in its model/],
    ['no-weights', /weights\.bin/],
    ['torn-spec', /a run\.yaml that Atoll wrote/],
    ['no-yaml', /a file that is no YAML/],
    ['edited-spec', /unknown colour/],
    ['text-archive', /no SQLite database/],
    ['nothing-archive', /another program, or an empty one/],
    ['cut-archive', /a damaged database/],
    ['scribbled-archive', /a damaged|no SQLite database/],
    ['foreign-archive', /another program/],
    ['future-archive', /version 2 .*got version 99/],
    ['bad-genome', /genome/],
    ['other-model', /the run's model/],
  ].map(([run, says]): Case => [`up --resume runs/${run} --evaluations 400`, says as RegExp]),
  ['up --resume runs/good --seed 2', /nothing but a new budget beside --resume, got --seed/],
  ['up --resume runs/good --set seed=2', /got --set/],
  ['up --resume in-use/good --evaluations 400', /in use by process \d+ .*this test/],
  ['up --runs runs/ --name good --evaluations 10', /a new name for the run.*choose another name/],
  ['up --runs files/good.png --evaluations 10', /got a file where a directory should be/],
  ['runs --runs files/good.png', /a directory of runs/],
  ['verify runs/nothing', /got no run\.yaml in it/],
  ['verify runs/text-archive', /no SQLite database/],
  ['verify runs/bad-genome', /genome/],
  ['export runs/none', /got nothing there/],
  ['export runs/cut-archive --out out', /a damaged database/],
  ['export runs/good --classes 10', /a class 0 to 9, or its label, got "10"/],
  ['export runs/good --what pictures', /any of images,sheet,csv,json/],
  ['export runs/good --size 5000', /from 1 to 4096 after --size/],
  ['export runs/good --out files/labels', /other things in it/],
  ['export runs/good --out files/good.png', /a file where a directory should be/],
];

const WORKER = 'worker --nats nats://127.0.0.1:1 --run x --patience 0.1';

const WORKERS: readonly Case[] = [
  [`${WORKER} --islands 0`, /a whole number from 1 after --islands, got "0"/],
  [`${WORKER} --islands some`, /after --islands, got "some"/],
  [`${WORKER} --islands 513`, /at most 512 islands on one machine, got 513/],
  [`${WORKER} --devices cpu,cpu --islands 300`, /at most 512 islands on one machine, got 600/],
  [`${WORKER} --devices nonsense`, /cpu, webgpu, cuda or cuda:N.*got "nonsense"/],
  [`${WORKER} --devices cpu,,cpu`, /cuda or cuda:N.*got ""/],
  [`${WORKER} --devices all,cpu`, /cuda or cuda:N.*got "all"/],
  [`${WORKER} --devices all --device cpu`, /--device or --devices, got both/],
];

const ALL = [...COMMAND_LINE, ...WORKERS, ...SPECS, ...MODELS, ...CARDS, ...PICTURES, ...RUNS];

/** One of each kind. */
const PROCESSES = new Set([
  'fly',
  'models pull',
  'up --preset fast',
  'up --device tpu',
  'up --islands many',
  `${WORKER} --devices nonsense`,
  'up --set colour=red',
  'up --config files/configs/broken.yaml',
  `${UP} --model nonesuch`,
  `${UP} --model files/truncated.onnx`,
  `${UP} --model files/words.onnx`,
  `${UP} --model files/operator.onnx`,
  `${UP} --model files/layers/foreign`,
  `${UP} --model files/good.onnx --card files/cards/size.yaml`,
  `${UP} --model files/good.onnx --labels files/labels/few.txt`,
  'models pull nonesuch',
  'classify files/text.png',
  'classify files/bomb.png',
  'up --resume runs/none --evaluations 400',
  'up --resume runs/edited-spec --evaluations 400',
  'up --resume runs/scribbled-archive --evaluations 400',
  'up --resume runs/bad-genome --evaluations 400',
  'up --resume runs/other-model --evaluations 400',
  'up --resume in-use/good --evaluations 400',
  'up --runs runs/ --name good --evaluations 10',
  'export runs/cut-archive --out out',
]);

describe('bad input gets one sentence and exit code 2, and leaves nothing behind:', () => {
  describe.concurrent('as a process,', () => {
    it.each(ALL.filter(([line]) => PROCESSES.has(line)))('atoll %s', (...each) => refused(runAtoll, ...each));
  });
  it.each(ALL.filter(([line]) => !PROCESSES.has(line)))('atoll %s', (...each) => refused(call, ...each));

  it('a download of other bytes than the catalogue’s', async () => {
    const size = knownByName('mnist-8')?.download?.size ?? 0;
    const server = createServer((_, response) => response.end(Buffer.alloc(size))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const directory = join(box, 'files/empty');
    const args = ['models', 'pull', 'mnist-8', '--dir', directory, '--base-url', `http://127.0.0.1:${port}`];
    const { code, stdout, stderr } = await callAtoll(args);
    server.close();
    expect(stderr.split('\n').at(-2)).toMatch(
      /^atoll: expected mnist-8 of \d+ bytes with SHA-256 .*; pull it again/,
    );
    expect({ code, stdout, left: await readdir(directory) }).toEqual({ code: 2, stdout: '', left: [] });
  });

  it('was tried as a process in all the cases that are named', () => {
    const lines = ALL.map(([line]) => line);
    expect([...PROCESSES].filter((line) => !lines.includes(line))).toEqual([]);
  });
});
