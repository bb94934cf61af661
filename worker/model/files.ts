import { createHash } from 'node:crypto';
import { dirname, join, relative, sep } from 'node:path';
import { readExternalData } from '../onnx/external-data.js';
import { decodeModel, type OnnxModel } from '../onnx/file.js';
import type { TfjsModel } from '../tfjs/files.js';
import { locate } from './locate.js';
import type { ModelFormat } from './model.js';
import { fileName } from './name-of.js';
import { readModelFile } from './read.js';

/** A model's files, each read once and decoded once: all that is told of a model or made of it comes from here. */
export type ModelFiles = OnnxFiles | TfjsFiles;

interface Found {
  /** Absolute path of the file that is opened. */
  readonly path: string;
  /** Path of the card beside it, where there is one. */
  readonly card: string | undefined;
  /** Absolute paths of every file, `path` first. */
  readonly files: readonly string[];
  /** See {@link digestModel}. */
  readonly digest: string;
}

export interface OnnxFiles extends Found {
  readonly format: 'onnx';
  readonly graph: OnnxModel;
  /** The bytes of `graph`. */
  readonly bytes: Uint8Array;
  /** Weights that lie in files of their own, by the names that the graph has for them. */
  readonly external: ReadonlyMap<string, Uint8Array>;
}

export interface TfjsFiles extends Found {
  readonly format: Exclude<ModelFormat, 'onnx'>;
  readonly tfjs: TfjsModel;
}

/**
 * Finds a model by its path (an `.onnx` file, a tfjs `model.json`, a directory that holds one) or its name in the
 * catalogue, and reads it whole. Rejects with a {@link BadInputError}: `ERR_MODEL_MISSING` when there is none or a part of it
 * cannot be read, `ERR_MODEL_FILE` and `ERR_MODEL_DATA` when it is of another kind, or broken.
 */
export async function readModel(reference: string): Promise<ModelFiles> {
  const { path, card } = await locate(reference);
  const bytes = await readModelFile(path);
  return path.endsWith('.json') ? tfjsFiles(path, card, bytes) : onnxFiles(path, card, bytes);
}

async function onnxFiles(path: string, card: string | undefined, bytes: Buffer): Promise<OnnxFiles> {
  const graph = decodeModel(bytes, fileName(path));
  const external = await readExternalData(graph, path);
  const directory = dirname(path);
  const files = new Map<string, Uint8Array>([[path, bytes]]);
  for (const [name, data] of external) files.set(join(directory, name), data);
  const digest = digestModel(files, directory);
  return { format: 'onnx', path, card, files: [...files.keys()], digest, graph, bytes, external };
}

/** The reader of TensorFlow.js models is loaded for them alone. */
async function tfjsFiles(path: string, card: string | undefined, bytes: Buffer): Promise<TfjsFiles> {
  const { readTfjsModel } = await import('../tfjs/files.js');
  const { shards, ...tfjs } = await readTfjsModel(path, bytes);
  const files = new Map<string, Uint8Array>([[path, bytes], ...shards]);
  const digest = digestModel(files, dirname(path));
  return { format: `tfjs-${tfjs.format}`, path, card, files: [...files.keys()], digest, tfjs };
}

/**
 * The digest of a model, 64 lower-case hexadecimal digits: SHA-256 of its file where it has one alone. Where it has
 * several, SHA-256 of the lines `NAME SHA256\n`, one a file, sorted by name (as bytes), NAME relative to `directory`
 * with `/` between folders. `files` are their bytes by absolute path.
 */
function digestModel(files: ReadonlyMap<string, Uint8Array>, directory: string): string {
  const [only, ...others] = files.values();
  if (only !== undefined && others.length === 0) return sha256(only);
  const lines = [...files].map(
    ([path, bytes]) => `${relative(directory, path).split(sep).join('/')} ${sha256(bytes)}\n`,
  );
  return sha256(lines.sort(byBytes).join(''));
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
