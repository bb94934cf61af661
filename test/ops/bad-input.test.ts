import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockRun, type RunLock } from '../../coordinator/run/run-lock.js';
import { knownByName } from '../../worker/model/catalogue.js';
import { type Ran, runAtoll } from './atoll.js';
import { writeBadFiles } from './bad-files.js';
import { writeBadRuns } from './bad-runs.js';
import { callAtoll } from './call.js';
import { snapshot } from './snapshot.js';

/**
 * Bad input gets two clear sentences in one line (what is wrong, what to do) and exit code 2,
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
  expect(stderr).toMatch(/^atoll: [^\n]+[.:] [^\n]+\.\n$/);
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
  ['fly', /has no command "fly"/],
  ['upp', /Did you mean up\?/],
  ['--fast', /has no flag "--fast"\. See `[^`]*atoll(\.mjs)? --help`/],
  ['up --evaluatons 5', /Did you mean --evaluations\? See `[^`]* up --help`/],
  ['models pull', /needs the argument <name>/],
  ['models pull --fast x', /See `[^`]* models pull --help`/],
  ['export', /argument <run>/],
  ['up something', /takes only flags, but it got 1 argument\./],
  ['up --config', /--config needs a value/],
  ['up --preset fast', /--preset must be default, paper or gradient, but it is "fast"/],
  ['up --engine torch', /--engine must be onnx or tensorflow, but it is "torch"/],
  ['up --encoding pixels', /--encoding must be cppn, direct or dense/],
  ['up --topology mesh', /--topology must be full, ring, torus, star, random:K .* or none, but it is "mesh"/],
  ['up --topology random:65', /K from 1 to 64.*it is "random:65"/],
  ['coordinator --nats x --run y --topology mesh', /full, ring, torus, star, random:K/],
  ['up --set migration.rate=101%', /migration\.rate must be a whole number from 1, or a percentage/],
  ['up --device tpu', /"tpu".*cpu, webgpu, cuda or cuda:N/],
  ['up --device cuda:x', /cuda or cuda:N/],
  ['up --islands many', /--islands must be a whole number from 1, but it is "many"/],
  ['up --islands 0', /--islands must be a whole number from 1, but it is "0"/],
  ['up --islands 2000', /islands must be at most 1024, but it is 2000/],
  ['up --evaluations -5', /--evaluations must be .*, but it is "-5"/],
  ['up --evaluations 0', /--evaluations must be .*, but it is "0"/],
  ['up --minutes 0', /--minutes must be a number greater than 0/],
  ['up --minutes -1', /--minutes must be a number greater than 0/],
  ['up --target-median 1.5', /--target-median must be .* at most 1/],
  ['up --seed 0.5', /--seed must be a whole number from 0/],
  ['up --batch 0', /--batch must be/],
  ['up --size 0', /--size must be .*from 1 to 4096/],
  ['up --mean 0.5,x', /--mean must be/],
  ['up --name a/b', /name must be 1–64 letters/],
  ['bench --seconds 0', /--seconds must be/],
  ['classify files/good.png --top 0', /--top must be/],
];

const SPECS: readonly Case[] = [
  ['up --set islands', /KEY=VALUE/],
  ['up --set islands=[1', /KEY=VALUE/],
  ['up --set colour=red', /colour is not a key of the run spec\./],
  ['up --set evolution.mutation.rat=0.1', /evolution\.mutation\.rat is not a key/],
  ['up --set evolution.emitters=[iso-line]', /the emitter iso-line needs genomes of one shape/],
  [
    'up --set evolution.emitter=annealing',
    /evolution\.emitters\.0 must be mutation, iso-line, gradient or cma/,
  ],
  ['bench search --seeds 1,1', /--seeds must be numbers that differ, but it is "1,1"/],
  [
    'bench search --arms dense:cma,dense:cma',
    /--arms must be arms that differ, but it is "dense:cma,dense:cma"/,
  ],
  ['bench search --arms cppn', /"cppn" is no way of searching/],
  ['up --set evolution.mutation.rate=2', /evolution\.mutation\.rate must be at most 1, but it is 2\./],
  ['up --set budget=5', /budget must be keys with values, but it is 5/],
  ['up --config files/configs/key.yaml', /evolution\.mutation\.rat is not a key/],
  ['up --config files/configs/type.yaml', /islands must be a number, but it is "many"/],
  ['up --config files/configs/list.yaml', /is a list, not a run spec/],
  ['up --config files/configs/broken.yaml', /cannot be read as YAML/],
  ['up --config files/configs/none.yaml', /\(no such file/],
];

const GRADIENTS: readonly Case[] = [
  ...[
    ['gradient.steps=0', /evolution\.gradient\.steps must be at least 1, but it is 0\./],
    ['gradient.steps=1e9', /must be at most 1000, but it is 1000000000/],
    ['gradient.rate=.nan', /evolution\.gradient\.rate must be a number, but it is NaN/],
    ['gradientCost=0', /must be at least 1/],
    ['emitters=[]', /evolution\.emitters must be a list of at least 1, but it is \[\]/],
    ['emitters=[gradient,gradient]', /names each emitter once/],
    ['layers.width=5', /must be a multiple of 4, but it is 5/],
    ['insertion=generation', /evolution\.insertion generation tells too late/],
    ['constraints.views=[blur:1]', /follows the gradient of the image alone/],
  ].map(([key, says]): Case => [`${UP} --preset gradient --set evolution.${key}`, says as RegExp]),
  [
    `${UP} --preset gradient --model files/choices.onnx`,
    /gradient cannot work on choices .*: No gradient is known of the operator Hardmax\. Leave/,
  ],
  [`${UP} --preset gradient --model files/signs.onnx`, /cannot work on signs .* does not depend on/],
];

const MODELS: readonly Case[] = [
  [`${UP} --model files/none.onnx`, /There is no model .*none\.onnx\. Check the path/],
  [`${UP} --model nonesuch`, /There is no model nonesuch\. /],
  [`${UP} --model mnist-8`, /atoll(\.mjs)? models pull mnist-8/],
  [`${UP} --model files/truncated.onnx`, /truncated\.onnx is not an ONNX file, or a part of it is missing/],
  [`${UP} --model files/text.onnx`, /text\.onnx is not an ONNX file/],
  [`${UP} --model files/nothing.onnx`, /nothing\.onnx is empty\. /],
  [`${UP} --model files/good.png`, /good\.png is a picture, not a network/],
  [
    `${UP} --model files/unknown.onnx`,
    /How unknown\.onnx expects its pixels is not known\. Add --preprocess unit \(0…1\)/,
  ],
  [`${UP} --model files/words.onnx`, /words\.onnx takes 128 numbers an image, which is no square.*--size/],
  [`${UP} --model files/two-inputs.onnx`, /two-inputs\.onnx has 2 inputs.*a classifier of images/],
  [
    `${UP} --model files/painter.onnx`,
    /No output of painter\.onnx is a row of scores.*\[1,3,4,4\].*a classifier of images/,
  ],
  [`${UP} --model files/operator.onnx`, /Frobnicate/],
  [`${UP} --model files/classes.onnx`, /has 5 classes, but there are 7 labels/],
  [`${UP} --model files/infinite.onnx`, /gives NaN or infinity/],
  [`${UP} --model files/apart.onnx`, /has 2 files, and .*weights\.bin cannot be read/],
  [`${UP} --model files/empty`, /empty holds no model/],
  [`${UP} --model files/crowd`, /crowd holds 2 models: one\.onnx, two\.onnx\. /],
  [`${UP} --model files/card-of-nothing`, /none\.onnx cannot be read \(no such file/],
  [`${UP} --model files/good.onnx --engine tensorflow`, /Use --engine onnx/],
  [`${UP} --model files/layers/broken`, /model\.json is not JSON/],
  [`${UP} --model files/layers/foreign`, /is of class LSTM, .*--engine tensorflow/],
  [`${UP} --model files/layers/shard`, /are 1000 bytes, but model.json wants 222408/],
  [`${UP} --model files/layers/graph`, /is not a whole TensorFlow\.js graph model/],
  [`${UP} --model files/layers/escaping`, /a weights file outside of its folder/],
  ['models inspect files/text.onnx', /is not an ONNX file/],
  ['models pull nonesuch', /knows no model "nonesuch"/],
  ['models pull squeezenet-fp16', /squeezenet-fp16 cannot be downloaded/],
  ['models pull mnist-8 --dir files/good.png', /to write |cannot be written/],
  ['models probe digits', /needs pictures.*Add --images DIR/],
  ['models probe digits --images files/none', /There is no folder/],
  ['models probe digits --images files/empty', /holds no PNG, JPEG or WebP pictures/],
  [
    'models probe digits --images files/few-pictures',
    /good\.png in .*few-pictures says no class of the network, whose classes are 0 to 9/,
  ],
  ['models probe files/good.png --images files/empty', /good\.png is a picture, not a network/],
  [`${UP} --model files/pointer.onnx`, /pointer\.onnx is a pointer of Git LFS.*git lfs pull/],
  [`${UP} --model files/keras`, /net\.h5 is a Keras model in HDF5/],
  ['models pull mnist-8 --base-url somewhere', /an http or https address/],
];

const CARDS: readonly Case[] = [
  ...[
    ['size', /NCHW, 4×4, 3 channels, but 224×224 is given/],
    ['layout', /NCHW.*but NHWC is given/],
    ['channels', /3 channels, but 1 channel is given/],
    ['output', /The outputs of good\.onnx are not softmax/],
    ['format', /its format is tfjs-layers, but it is onnx|is onnx, but its card says tfjs-layers/],
    ['key', /colour is not a key of a model card/],
    ['labels', /has 2 labels, but the network has 5 classes/],
    ['broken', /model card .*broken\.yaml cannot be read/],
    ['none', /none\.yaml cannot be read \(no such file/],
  ].map(
    ([card, says]): Case => [`${UP} --model files/good.onnx --card files/cards/${card}.yaml`, says as RegExp],
  ),
  [
    `${UP} --model files/good.onnx --labels files/labels/few.txt`,
    /few\.txt has 2 labels, but the network has 5 classes/,
  ],
  [`${UP} --model files/good.onnx --labels files/labels/broken.json`, /broken\.json is broken JSON/],
  [`${UP} --model files/good.onnx --labels files/labels/other.json`, /other\.json has no index 0/],
  [`${UP} --model files/good.onnx --labels files/labels/none.txt`, /none\.txt cannot be read \(no such file/],
  [`${UP} --model files/good.onnx --size 5`, /NCHW, 4×4.*but 5×5/],
  [`${UP} --model files/good.onnx --mean 0.5 --scale 1`, /scale and mean are both given for good\.onnx/],
  [`${UP} --model files/good.onnx --mean 127.5 --std 127.5`, /--mean 127\.5 .*--range is 1.*Add --range 255/],
  [`${UP} --model files/good.onnx --preprocess unit --mean 0`, /mean and preprocess \(unit\) are both given/],
  [`${UP} --model files/good.onnx --preprocess fast`, /unit, signed, imagenet, caffe or byte/],
  [
    `${UP} --model files/good.onnx --labels files/labels/long.txt`,
    /Line 2 of .*long\.txt has 100000 characters/,
  ],
  [`${UP} --model files/good.onnx --output-name z`, /has no output "z".*it has y/],
];

const PICTURES: readonly Case[] = [
  ['classify files/none.png', /There is no picture .*none\.png/],
  ['classify files/text.png', /text\.png is no PNG, JPEG or WebP picture/],
  ['classify files/nothing.png', /nothing\.png is no PNG, JPEG or WebP picture/],
  ['classify files/truncated.png', /truncated\.png is no PNG, JPEG or WebP picture/],
  ['classify files/bomb.png', /bomb\.png is no .*of at most \d+ pixels/],
  ['classify files/picture.gif', /picture\.gif is a picture of the format gif/],
  ['classify files/empty', /empty is not a file/],
];

const RUNS: readonly Case[] = [
  ...[
    ['none', /does not exist/],
    ['nothing', /it has no run\.yaml/],
    ['no-spec', /it has no run\.yaml/],
    ['no-archive', /it has no archive\.db/],
    ['no-model', /folder model\/ is empty/],
    ['no-weights', /weights\.bin/],
    ['torn-spec', /run\.yaml is not (YAML|as Atoll wrote it)/],
    ['no-yaml', /run\.yaml is not YAML/],
    ['edited-spec', /colour is not a key/],
    ['text-archive', /is not a SQLite database/],
    ['nothing-archive', /is empty, or a database of another program/],
    ['cut-archive', /is a damaged database/],
    ['scribbled-archive', /is damaged|is a damaged|is not a SQLite database/],
    ['foreign-archive', /another program/],
    ['future-archive', /version 99 .* reads version 6/],
    ['bad-genome', /genome/],
    ['other-model', /is not the one that the run was started with/],
  ].map(([run, says]): Case => [`up --resume runs/${run} --evaluations 400`, says as RegExp]),
  ['up --resume runs/good --seed 2', /--seed cannot be changed when a run is resumed/],
  ['up --resume runs/good --set seed=2', /--set cannot be changed/],
  ['up --resume in-use/good --evaluations 400', /in use by process \d+ .*this test/],
  ['up --runs runs/ --name good --evaluations 10', /A run of this name exists already.*Choose another name/],
  ['up --runs files/good.png --evaluations 10', /a part of this path is a file, not a directory/],
  ['runs --runs files/good.png', /directory of runs .* cannot be read/],
  ['verify runs/nothing', /it has no run\.yaml/],
  ['verify runs/text-archive', /is not a SQLite database/],
  ['export runs/none', /does not exist/],
  ['export runs/cut-archive --out out', /is a damaged database/],
  ['export runs/good --classes 10', /"10" is no class of this network\. Give a number from 0 to 9/],
  ['export runs/good --what pictures', /any of images,sheet,csv,json/],
  ['export runs/good --size 5000', /from 1 to 4096/],
  ['export runs/good --size 76x', /two like 640x480/],
  [
    'export runs/good --size 20 --scaling enlarge',
    /28 × 28 pixels, which cannot be enlarged to 20 × 20\. .*--scaling redraw\./,
  ],
  ['export runs/good --scaling redraw', /but --size is missing\. Add --size/],
  ['export runs/good --size 56 --scaling smooth', /enlarge or redraw/],
  ['export runs/good --out files/labels', /files\/labels holds .+, which no export has put there\. Choose/],
  ['export runs/good --out files/good.png', /a part of this path is a file, not a directory/],
];

const WORKER = 'worker --nats nats://127.0.0.1:1 --run x --patience 0.1';

const WORKERS: readonly Case[] = [
  [`${WORKER} --islands 0`, /--islands must be a whole number from 1, but it is "0"/],
  [`${WORKER} --islands some`, /--islands must be .*, but it is "some"/],
  [`${WORKER} --islands 513`, /513 islands are too many for one machine/],
  [`${WORKER} --devices cpu,cpu --islands 300`, /600 islands are too many for one machine/],
  [`${WORKER} --devices nonsense`, /"nonsense".*cpu, webgpu, cuda or cuda:N/],
  [`${WORKER} --devices cpu,,cpu`, /"".*cuda or cuda:N/],
  [`${WORKER} --devices all,cpu`, /"all".*cuda or cuda:N/],
  [`${WORKER} --devices all --device cpu`, /--device and --devices cannot be used together/],
];

const ALL = [...COMMAND_LINE, ...WORKERS, ...SPECS, ...GRADIENTS, ...MODELS, ...CARDS, ...PICTURES, ...RUNS];

/** One of each kind. */
const PROCESSES = new Set([
  'fly',
  'models pull',
  'up --preset fast',
  'up --device tpu',
  'up --islands many',
  `${WORKER} --devices nonsense`,
  'up --set colour=red',
  `${UP} --preset gradient --model files/choices.onnx`,
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

describe('bad input gets two sentences and exit code 2, and leaves nothing behind:', () => {
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
      /^atoll: What the server sent is not mnist-8: its SHA-256 is .*\. Pull it again/,
    );
    expect({ code, stdout, left: await readdir(directory) }).toEqual({ code: 2, stdout: '', left: [] });
  });

  it('was tried as a process in all the cases that are named', () => {
    const lines = ALL.map(([line]) => line);
    expect([...PROCESSES].filter((line) => !lines.includes(line))).toEqual([]);
  });
});
