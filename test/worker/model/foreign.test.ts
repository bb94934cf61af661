import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreignKind } from '../../../worker/model/foreign.js';
import { resolveModel } from '../../../worker/model/resolve.js';
import { encodeModel } from '../../../worker/onnx/file.js';
import { linear } from '../onnx/tiny-networks.js';
import { zipOf } from './zip.js';

const latin = (text: string) => Buffer.from(text.padEnd(64, '\0'), 'latin1');
const length = Buffer.alloc(8);
length.writeBigUInt64LE(60n);

/** Files as their kinds begin, and what is said of them and to be done. */
const FILES: [string, Uint8Array, RegExp, RegExp][] = [
  [
    'net.onnx',
    latin('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n'),
    /net\.onnx is a pointer of Git LFS/,
    /git lfs pull --include net\.onnx/,
  ],
  [
    'net.h5',
    latin('\x89HDF\r\n\x1a\n'),
    /Keras model in HDF5/,
    /tensorflowjs_converter --input_format keras net\.h5/,
  ],
  [
    'net.keras',
    zipOf('metadata.json', 'config.json', 'model.weights.h5'),
    /Keras 3 model/,
    /export\("model\.onnx", format="onnx"\)/,
  ],
  ['net.pth', zipOf('net/data.pkl', 'net/byteorder', 'net/data/0'), /PyTorch/, /torch\.onnx\.export/],
  [
    'net.pt',
    latin('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19'),
    /PyTorch/,
    /torch\.onnx\.export/,
  ],
  ['net.pkl', latin('\x80\x04\x95'), /Python pickle/, /torch\.onnx\.export/],
  [
    'frozen.pb',
    latin('\x0a\x20\x0a\x05input\x12\x0bPlaceholder'),
    /frozen TensorFlow graph/,
    /--graphdef frozen\.pb/,
  ],
  ['saved_model.pb', latin('\x08\x01\x12\x90\x01'), /SavedModel/, /--saved-model/],
  ['net.tflite', latin('\x1c\0\0\0TFL3'), /TensorFlow Lite/, /--tflite net\.tflite/],
  [
    'net.safetensors',
    Buffer.concat([length, Buffer.from('{"__metadata__":{"format":"pt"}}')]),
    /safetensors/,
    /optimum-cli export onnx/,
  ],
  ['net.mlmodel', latin('\x08\x04\x12\x20'), /Core ML/, /Export the network/],
  ['net.npz', zipOf('arr_0.npy'), /NumPy/, /export it to ONNX/],
  ['net.npy', latin('\x93NUMPY\x01\0'), /NumPy/, /export it to ONNX/],
  ['net.zip', zipOf('model.json', 'weights.bin'), /zip archive/, /Unpack it/],
  ['net.tar.gz', latin('\x1f\x8b\x08'), /compressed/, /Unpack it/],
  ['cat.png', latin('\x89PNG\r\n\x1a\n'), /a picture, not a network/, /--model/],
  ['cat.jpg', latin('\xff\xd8\xff\xe0'), /a picture, not a network/, /--model/],
  ['net.onnx', latin('<!DOCTYPE html><html>'), /net\.onnx is a web page/, /Download the file itself/],
  ['model.json', latin('\n<html lang="en">'), /web page/, /Download/],
  ['net.xml', latin('<?xml version="1.0"?><net name="x">'), /OpenVINO/, /ONNX/],
  ['net.gguf', latin('GGUF\x03'), /language model/, /classifier/],
  ['net.onnx', Buffer.alloc(0), /net\.onnx is empty/, /again/],
];

describe('a file of another kind is recognised by its first bytes and told how to convert it:', () => {
  it.each(FILES)('%s', (name, bytes, what, howTo) => {
    const found = foreignKind(bytes, `/some/where/${name}`);
    expect(found?.what).toMatch(what);
    expect(found?.howTo).toMatch(howTo);
  });

  it('an archive that breaks off is still told by its first file', () => {
    const whole = zipOf('net/data.pkl', 'net/version');
    expect(foreignKind(whole.subarray(0, 60), 'net.pth')?.what).toMatch(/PyTorch/);
  });

  it('but what Atoll opens, and what nobody knows, is not', () => {
    expect(foreignKind(encodeModel(linear()), 'net.onnx')).toBeUndefined();
    expect(foreignKind(encodeModel(linear()), 'net.pb')).toBeUndefined();
    expect(foreignKind(Buffer.from('{"modelTopology": {}}'), 'model.json')).toBeUndefined();
    expect(foreignKind(Buffer.from('This is not a network.'), 'net.onnx')).toBeUndefined();
    expect(foreignKind(Buffer.from([1]), 'net.onnx')).toBeUndefined();
  });
});

describe('given as a model, it is refused with these sentences', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'atoll-foreign-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  async function write(name: string, bytes: Uint8Array | string): Promise<string> {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return path;
  }

  it('by its path', async () => {
    const path = await write('a/net.tflite', latin('\x1c\0\0\0TFL3'));
    await expect(resolveModel(path)).rejects.toThrow(
      /^net\.tflite is a TensorFlow Lite model\. Convert it with `.*`.*\.$/,
    );
    await expect(resolveModel(path)).rejects.toMatchObject({ code: 'ERR_MODEL_FILE', exitCode: 2 });
  });

  it('by the directory that has nothing else', async () => {
    await write('b/readme.txt', 'x');
    await write('b/net.h5', latin('\x89HDF\r\n\x1a\n'));
    await expect(resolveModel(join(root, 'b'))).rejects.toThrow(/^net\.h5 is a Keras model in HDF5\. /);
    await write('flower/saved_model.pb', latin('\x08\x01\x12\x90\x01'));
    await expect(resolveModel(join(root, 'flower'))).rejects.toThrow(/^flower is a TensorFlow SavedModel\. /);
  });

  it('by the weights of a model whose model.json lies beside them', async () => {
    const shard = await write('c/group1-shard1of1.bin', 'x');
    await write('c/model.json', '{}');
    await expect(resolveModel(shard)).rejects.toThrow(
      /holds weights of a TensorFlow\.js model.*Give .*model\.json\.$/,
    );
  });

  it('and a directory whose folder has the model says which', async () => {
    await write('d/web/model.json', '{}');
    await expect(resolveModel(join(root, 'd'))).rejects.toThrow(
      /holds no model .*Its folder web does; give that path/,
    );
  });
});
