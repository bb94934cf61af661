import { readFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { z } from 'zod';
import { BadInputError, messageOf, reasonOf } from '../../protocol/base/errors.js';

/** A TensorFlow.js model as it lies on disk: a `model.json` and the shards that it names. Nothing here loads TensorFlow.js. */
export interface TfjsModel {
  readonly format: 'layers' | 'graph';
  /** The parsed `model.json`: topology, and whatever the converter that wrote it had to say. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly specs: readonly WeightSpec[];
  /** All shards, in the order of `specs`. */
  readonly data: Uint8Array<ArrayBuffer>;
}

const quantizationSchema = z.object({
  dtype: z.enum(['uint8', 'uint16', 'float16']),
  scale: z.number().optional(),
  min: z.number().optional(),
});

const weightSchema = z.object({
  name: z.string().min(1),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(['float32', 'int32', 'bool', 'string', 'complex64']),
  quantization: quantizationSchema.optional(),
  /** `optimizer` for what only training needs. */
  group: z.string().optional(),
});

/** One weight of the manifest, in TensorFlow.js's own words. */
export type WeightSpec = z.infer<typeof weightSchema>;

const manifestSchema = z.array(
  z.object({ paths: z.array(z.string().min(1)), weights: z.array(weightSchema) }),
);

const modelSchema = z.looseObject({
  format: z.enum(['layers-model', 'graph-model']).optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: manifestSchema,
});

const BYTES = { float32: 4, int32: 4, bool: 1, complex64: 8, uint8: 1, uint16: 2, float16: 2 } as const;

/** A {@link TfjsModel} with its shards as they lie on disk: their bytes by absolute path. */
export interface TfjsModelOnDisk extends TfjsModel {
  readonly shards: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads the model whose `model.json` has these `bytes`, and all its shards. Rejects with a {@link BadInputError}
 * (`ERR_MODEL_FILE`) when a shard is missing, when it is no TensorFlow.js model, names a file outside its own folder, or
 * holds more or fewer bytes than its manifest says.
 */
export async function readTfjsModel(modelJson: string, bytes: Uint8Array): Promise<TfjsModelOnDisk> {
  const json = modelSchema.safeParse(jsonOf(bytes, modelJson));
  if (!json.success) {
    const issue = json.error.issues[0];
    const where = issue?.path.join('.') || 'the file';
    throw wrong(
      `${modelJson} is not the model.json of a TensorFlow.js model: ${where}: ${issue?.message ?? 'something else'}`,
    );
  }
  const { weightsManifest } = json.data;
  const groups = weightsManifest.map(({ paths, weights }) => ({
    paths,
    weights,
    files: shardFiles(modelJson, paths),
  }));
  const names = [...new Set(groups.flatMap(({ files }) => files))];
  const shards = new Map(
    await Promise.all(names.map(async (file) => [file, await readShard(file)] as const)),
  );
  const parts = groups.flatMap(({ paths, weights, files }) => {
    const group = files.map((file) => shards.get(file) ?? new Uint8Array());
    checkLength(paths, weights, lengthOf(group));
    return group;
  });
  return {
    format: formatOf(json.data),
    json: json.data,
    specs: weightsManifest.flatMap(({ weights }) => weights),
    data: joined(parts),
    shards,
  };
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(lengthOf(parts));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

/** Absolute paths of a model's shards; `paths` are the manifest's, relative to `modelJson`. */
function shardFiles(modelJson: string, paths: readonly string[]): string[] {
  const folder = resolve(dirname(modelJson));
  return paths.map((path) => {
    const file = resolve(folder, path);
    if (!file.startsWith(folder + sep)) {
      throw wrong(`${modelJson} names a weights file outside of its folder (${path})`);
    }
    return file;
  });
}

/** Bytes that a weight takes in its shard; undefined for strings, which say so themselves. */
export function byteLength({ dtype, shape, quantization }: WeightSpec): number | undefined {
  if (dtype === 'string') return undefined;
  return shape.reduce((product, size) => product * size, BYTES[quantization?.dtype ?? dtype]);
}

/** A model written by an old converter does not say its format; a Keras topology always has a class or a model_config. */
function formatOf(json: z.infer<typeof modelSchema>): TfjsModel['format'] {
  if (json.format !== undefined) return json.format === 'graph-model' ? 'graph' : 'layers';
  return 'node' in json.modelTopology ? 'graph' : 'layers';
}

function jsonOf(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch (cause) {
    throw wrong(`${file} is not JSON: ${messageOf(cause)}`, cause);
  }
}

async function readShard(file: string): Promise<Buffer> {
  return readFile(file).catch((cause) => {
    throw wrong(
      `The weights file ${file}, which model.json names, cannot be read: ${reasonOf(cause)}`,
      cause,
    );
  });
}

function checkLength(paths: readonly string[], weights: readonly WeightSpec[], came: number): void {
  const lengths = weights.map(byteLength);
  const least = lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0);
  if (lengths.includes(undefined) ? came >= least : came === least) return;
  throw wrong(`The weights in ${paths.join(', ')} are ${came} bytes, but model.json wants ${least}`);
}

function wrong(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_FILE',
    problem,
    fix: 'Fetch or export the model again, model.json and all its shards',
    cause,
  });
}
