import { basename, extname } from 'node:path';
import { zipKind } from './foreign-zip.js';

/** A file of a kind that Atoll does not open. Both are sentences without their full stop. */
export interface ForeignKind {
  /** What the file is, with its name. */
  readonly what: string;
  /** What to do to have a model of it. */
  readonly howTo: string;
}

interface Kind {
  /** Goes on after `FILE is `. */
  readonly is: string;
  readonly howTo: (name: string) => string;
}

const torchExport =
  'In Python, load the network with its own code, then call torch.onnx.export(network, torch.zeros(1, 3, HEIGHT, WIDTH), "model.onnx"), and give model.onnx';
const again = 'Fetch the model itself again, and give that file';

/** Every kind by the name that the functions below give it. */
const KINDS = {
  lfs: {
    is: 'a pointer of Git LFS, not the model itself',
    howTo: (name) => `Type \`git lfs pull --include ${name}\` in its repository, or download the file itself`,
  },
  hdf5: {
    is: 'a Keras model in HDF5',
    howTo: (name) =>
      `Convert it with \`tensorflowjs_converter --input_format keras ${name} web_model\` (pip install tensorflowjs), and give the folder web_model`,
  },
  keras: {
    is: 'a Keras 3 model',
    howTo: (name) =>
      `In Python, call keras.saving.load_model("${name}").export("model.onnx", format="onnx"), and give model.onnx`,
  },
  torch: { is: 'a PyTorch file', howTo: () => torchExport },
  pickle: { is: 'a Python pickle, as PyTorch and scikit-learn write them', howTo: () => torchExport },
  savedModel: {
    is: 'a TensorFlow SavedModel',
    howTo: () =>
      'Convert its folder with `python -m tf2onnx.convert --saved-model FOLDER --output model.onnx` (pip install tf2onnx), and give model.onnx',
  },
  graphDef: {
    is: 'a frozen TensorFlow graph',
    howTo: (name) =>
      `Convert it with \`python -m tf2onnx.convert --graphdef ${name} --inputs INPUT:0 --outputs OUTPUT:0 --output model.onnx\` (pip install tf2onnx), and give model.onnx`,
  },
  checkpoint: {
    is: 'a TensorFlow checkpoint, which holds weights and no network',
    howTo: () =>
      'In Python, build the network, load the checkpoint and save it as a SavedModel; tf2onnx makes an ONNX file of that',
  },
  tflite: {
    is: 'a TensorFlow Lite model',
    howTo: (name) =>
      `Convert it with \`python -m tf2onnx.convert --tflite ${name} --output model.onnx\` (pip install tf2onnx), and give model.onnx`,
  },
  safetensors: {
    is: 'a safetensors file, which holds weights and no network',
    howTo: () =>
      'Export the network to ONNX, for a Hugging Face model with `optimum-cli export onnx --model FOLDER out`, and give the file model.onnx',
  },
  coreml: {
    is: 'a Core ML model, which no tool converts back',
    howTo: () => 'Export the network that it was made from to ONNX, and give that file',
  },
  caffe: {
    is: 'a Caffe model',
    howTo: () => 'Convert it to ONNX, for example with caffe2onnx, and give that file',
  },
  openvino: {
    is: 'a model of OpenVINO',
    howTo: () => 'Export the network that it was made from to ONNX, and give that file',
  },
  arrays: {
    is: 'a file of NumPy arrays, not a network',
    howTo: () => 'Load the arrays into their network in Python and export it to ONNX, and give that file',
  },
  zip: { is: 'a zip archive', howTo: () => 'Unpack it, and give the model or the folder that was in it' },
  gzip: {
    is: 'a compressed file',
    howTo: () => 'Unpack it, and give the model or the folder that was in it',
  },
  picture: {
    is: 'a picture, not a network',
    howTo: () => 'Give a network with --model; `atoll classify PICTURE` takes the picture',
  },
  webPage: {
    is: 'a web page, not the model that it tells of',
    howTo: () =>
      'Download the file itself; on a page of GitHub or Hugging Face the button is called Download',
  },
  gguf: { is: 'a language model (GGUF)', howTo: () => 'Give a classifier of images' },
  empty: { is: 'empty', howTo: () => again },
} as const satisfies Record<string, Kind>;

export type ForeignKindName = keyof typeof KINDS;

/** Endings of files that a directory may hold in place of a model that Atoll opens. */
export const FOREIGN_ENDINGS: readonly string[] = [
  ...['.h5', '.hdf5', '.keras', '.pth', '.pt', '.pkl', '.pickle', '.joblib', '.ckpt', '.pb', '.tflite'],
  ...['.safetensors', '.mlmodel', '.mlpackage', '.caffemodel', '.npz', '.gguf', '.zip'],
];

/**
 * The kind of a file that Atoll does not open, told by its first bytes (all of `bytes` for an archive, whose
 * list of files stands at its end), and by the ending of its name where kinds begin alike. undefined: it may be an ONNX
 * file or a `model.json`.
 */
export function foreignKind(bytes: Uint8Array, path: string): ForeignKind | undefined {
  const kind = kindOf(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    extname(path).toLowerCase(),
  );
  return kind && describeKind(kind, path);
}

/** The two sentences about a file of a kind. */
export function describeKind(kind: ForeignKindName, path: string): ForeignKind {
  const name = basename(path);
  return { what: `${name} is ${KINDS[kind].is}`, howTo: KINDS[kind].howTo(name) };
}

/** Bytes that files of a kind begin with, as Latin-1. */
const MAGIC: readonly (readonly [ForeignKindName, string])[] = [
  ['lfs', 'version https://git-lfs.github.com/spec'],
  ['hdf5', '\x89HDF\r\n\x1a\n'],
  ['picture', '\x89PNG'],
  ['picture', '\xff\xd8\xff'],
  ['picture', 'GIF8'],
  ['arrays', '\x93NUMPY'],
  ['gzip', '\x1f\x8b'],
  ['gguf', 'GGUF'],
];

function kindOf(bytes: Buffer, ending: string): ForeignKindName | undefined {
  if (bytes.length === 0) return 'empty';
  const head = bytes.toString('latin1', 0, 64);
  const magic = MAGIC.find(([, start]) => head.startsWith(start));
  if (magic !== undefined) return magic[0];
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return zipKind(bytes);
  if (head.startsWith('TFL3', 4)) return 'tflite';
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'picture';
  if (isSafetensors(bytes)) return 'safetensors';
  if (isPickle(bytes)) return head.startsWith(OLD_TORCH, 2) || isTorch(ending) ? 'torch' : 'pickle';
  const text = head.trimStart().toLowerCase();
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'webPage';
  if (text.startsWith('<?xml') || text.startsWith('<net')) return 'openvino';
  return protobufKind(bytes, ending);
}

/** What torch.save pickled first before it wrote archives: 0x1950a86a20f9469cfc6c. */
const OLD_TORCH = '\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19';

/** Protocols 2 to 5. */
function isPickle([first, second = 0]: Uint8Array): boolean {
  return first === 0x80 && second >= 2 && second <= 5;
}

function isTorch(ending: string): boolean {
  return ending === '.pth' || ending === '.pt';
}

/** Eight bytes that say how long the JSON after them is. */
function isSafetensors(bytes: Buffer): boolean {
  if (bytes.length < 10) return false;
  const length = bytes.readBigUInt64LE(0);
  return length > 1n && length < 100_000_000n && /^\{\s*["}]/.test(bytes.toString('latin1', 8, 24));
}

/**
 * Files of protocol buffers have no magic. An ONNX file begins with its version, field 1 as a number (08); so do Core ML's,
 * and a SavedModel, whose version is 1 and is followed by field 2. A frozen graph and a Caffe model begin with text (0a).
 */
function protobufKind(bytes: Buffer, ending: string): ForeignKindName | undefined {
  const [first, second, third] = bytes;
  if (ending === '.mlmodel') return 'coreml';
  if (ending === '.caffemodel') return 'caffe';
  if (ending === '.pb' && first === 0x0a) return 'graphDef';
  if (ending === '.pb' && first === 0x08 && second === 1 && third === 0x12) return 'savedModel';
  if (ending === '.ckpt') return 'checkpoint';
  return undefined;
}
