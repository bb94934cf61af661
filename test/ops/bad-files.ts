import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { encodeModel, type ModelProto } from '../../worker/onnx/file.js';
import {
  dense,
  FLAT,
  flatten,
  IMAGE,
  kept,
  linear,
  node,
  tinyModel,
  WEIGHTS,
} from '../worker/onnx/tiny-networks.js';

/** Everything wrong that a file can be: models, cards, labels, pictures and configs, written below one directory. */

const DIGITS = fileURLToPath(new URL('../../worker/digits/model', import.meta.url));

/** Writes all of it; paths are relative to `directory`. */
export async function writeBadFiles(directory: string): Promise<void> {
  const write = async (name: string, data: string | Uint8Array) => {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
  };
  const files = { ...models(), ...cards(), ...labels(), ...(await pictures()), ...configs() };
  for (const [name, data] of Object.entries(files)) await write(name, data);
  await mkdir(join(directory, 'empty'));
  await writeLayersModels(directory);
}

/** Two layers and a softmax's worth of weights: a network that would do, with what makes it known. */
const CARD = 'input: {mean: 0, range: 1}\noutput: logits\n';

function models(): Record<string, string | Uint8Array> {
  const whole = encodeModel(linear());
  const network = (parts: Parameters<typeof tinyModel>[0]) => encodeModel(tinyModel(parts));
  const classify = [flatten('x', 'f'), dense('f', 'y')];
  const weights = [FLAT, WEIGHTS];
  const apart: ModelProto = kept('weights.bin').model;
  const known: Record<string, Uint8Array> = {
    'good.onnx': whole,
    'operator.onnx': network({ nodes: [flatten('x', 'f'), node('Frobnicate', ['f', 'w'], 'y')], weights }),
    'classes.onnx': network({ outputs: [{ name: 'y', dims: [1, 7] }], nodes: classify, weights }),
    'apart.onnx': encodeModel(apart),
    // Good networks, of which there is no gradient.
    'choices.onnx': network({
      nodes: [flatten('x', 'f'), node('Hardmax', ['f'], 'h'), dense('h', 'y')],
      weights,
    }),
    'signs.onnx': network({
      nodes: [node('Sign', ['x'], 's'), flatten('s', 'f'), dense('f', 'y')],
      weights,
    }),
    'infinite.onnx': network({
      nodes: [flatten('x', 'f'), dense('f', 'g'), node('Log', ['g'], 'h'), node('Sqrt', ['h'], 'y')],
      weights,
    }),
  };
  return {
    ...known,
    ...Object.fromEntries(Object.keys(known).map((name) => [`${name}.card.yaml`, CARD])),
    'truncated.onnx': whole.subarray(0, whole.length - 60),
    'text.onnx': 'This is not a network.\n',
    'nothing.onnx': '',
    'unknown.onnx': whole,
    'words.onnx': network({ inputs: [{ name: 'x', dims: [1, 128] }], nodes: classify, weights }),
    'two-inputs.onnx': network({ inputs: [IMAGE, { name: 'z', dims: [1, 5] }], nodes: classify, weights }),
    'painter.onnx': network({
      outputs: [{ name: 'y', dims: [1, 3, 4, 4] }],
      nodes: [node('Relu', ['x'], 'y')],
    }),
    'pointer.onnx': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
    'keras/net.h5': Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
    'crowd/one.onnx': whole,
    'crowd/two.onnx': whole,
  };
}

function cards(): Record<string, string> {
  return {
    'cards/size.yaml': 'input: {width: 224, height: 224, mean: 0}\noutput: logits\n',
    'cards/layout.yaml': 'input: {layout: NHWC, mean: 0}\noutput: logits\n',
    'cards/channels.yaml': 'input: {channels: grey, mean: 0}\noutput: logits\n',
    'cards/output.yaml': 'input: {mean: 0}\noutput: softmax\n',
    'cards/format.yaml': 'format: tfjs-layers\ninput: {mean: 0}\n',
    'cards/key.yaml': 'colour: red\n',
    'cards/labels.yaml': `${CARD}labels: [a, b]\n`,
    'cards/broken.yaml': 'input: [1\n',
    'card-of-nothing/card.yaml': 'file: none.onnx\n',
  };
}

function labels(): Record<string, string> {
  return {
    'labels/few.txt': 'a\nb\n',
    'labels/broken.json': '["a",',
    'labels/other.json': '{"a": 1}',
    'labels/long.txt': `a\n${'b'.repeat(100_000)}\nc\nd\ne\n`,
  };
}

async function pictures(): Promise<Record<string, string | Uint8Array>> {
  const pixels = sharp({ create: { width: 28, height: 28, channels: 3, background: '#a05' } });
  const png = await pixels.png().toBuffer();
  return {
    'text.png': 'This is not a picture.\n',
    'nothing.png': '',
    'truncated.png': png.subarray(0, png.length - 40),
    'bomb.png': bomb(30_000),
    'picture.gif': await pixels.gif().toBuffer(),
    'good.png': png,
    'few-pictures/good.png': png,
  };
}

/** A PNG of a few kilobytes that unpacks to `side` × `side` white pixels. */
function bomb(side: number): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(side, 0);
  size.writeUInt32BE(side, 4);
  const header = Buffer.concat([size, Buffer.from([1, 0, 0, 0, 0])]);
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(side / 8)) * 64));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Of PNG (ISO 3309), bit by bit; `zlib.crc32` is younger than Node 20. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function configs(): Record<string, string> {
  return {
    'configs/key.yaml': 'evolution: {mutation: {rat: 0.1}}\n',
    'configs/type.yaml': 'islands: many\n',
    'configs/broken.yaml': 'islands: [1\n',
    'configs/list.yaml': '- islands\n',
  };
}

/** Copies of the shipped network, each with one thing wrong. */
async function writeLayersModels(directory: string): Promise<void> {
  const damage: Record<string, (json: string) => string> = {
    'layers/broken': (json) => json.slice(0, 2000),
    'layers/foreign': (json) => json.replace('"class_name": "Conv2D"', '"class_name": "LSTM"'),
    'layers/shard': (json) => json,
    'layers/graph': (json) => json.replace('"layers-model"', '"graph-model"'),
    'layers/escaping': (json) => json.replace('"weights.bin"', '"../../good.onnx"'),
  };
  for (const [name, change] of Object.entries(damage)) {
    const model = join(directory, name);
    await cp(DIGITS, model, { recursive: true });
    const path = join(model, 'model.json');
    await writeFile(path, change(await readFile(path, 'utf8')));
  }
  const shard = join(directory, 'layers/shard/weights.bin');
  await writeFile(shard, (await readFile(shard)).subarray(0, 1000));
}
