import { readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { BadInputError, reasonOf } from '../../protocol/base/errors.js';
import type { OnnxModel, TensorProto } from './file.js';

/**
 * Names, relative to the model's own, of the files that hold weights kept apart from it; sorted, none twice.
 * Throws a {@link BadInputError} (`ERR_MODEL_DATA`) for one outside of the model's directory.
 */
function externalFiles(model: OnnxModel): string[] {
  const names = (model.graph.initializer ?? []).filter(isExternal).map((tensor) => entry(tensor, 'location'));
  const files = [...new Set(names.map((name) => normalize(name ?? '')))].sort();
  // A model from elsewhere must not read what lies outside its directory.
  const outside = files.find((name) => name === '.' || name.startsWith('..') || name.startsWith('/'));
  if (outside !== undefined)
    throw badData(`The model wants weights from ${JSON.stringify(outside)}, outside of its directory`);
  return files;
}

/**
 * The files that hold weights of the model at `path`, by their names (see {@link externalFiles}). Rejects with a
 * {@link BadInputError}: `ERR_MODEL_MISSING` when one cannot be read, `ERR_MODEL_DATA` when one is no file, or lies outside
 * of the model's directory.
 */
export async function readExternalData(
  model: OnnxModel,
  path: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const names = externalFiles(model);
  for (const name of names) files.set(name, await readExternal(path, name, names.length));
  return files;
}

/**
 * A model with the weights of its other files taken in, so that its bytes alone are the whole model; `model` itself
 * where there are none. Throws a {@link BadInputError} (`ERR_MODEL_DATA`) when such a file is too short.
 */
export function inlineExternalData(model: OnnxModel, files: ReadonlyMap<string, Uint8Array>): OnnxModel {
  if (files.size === 0) return model;
  const initializer = (model.graph.initializer ?? []).map((tensor) =>
    isExternal(tensor) ? inline(tensor, files) : tensor,
  );
  return { ...model, graph: { ...model.graph, initializer } };
}

function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === 1;
}

function entry(tensor: TensorProto, key: string): string | undefined {
  return tensor.externalData?.find((each) => each.key === key)?.value ?? undefined;
}

function inline(tensor: TensorProto, files: ReadonlyMap<string, Uint8Array>): TensorProto {
  const name = normalize(entry(tensor, 'location') ?? '');
  const bytes = files.get(name) ?? new Uint8Array();
  const offset = Number(entry(tensor, 'offset') ?? 0);
  const length = Number(entry(tensor, 'length') ?? bytes.length - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
    throw badData(
      `The weights file ${name} has ${bytes.length} bytes, but the model needs ${offset + length}`,
    );
  }
  const { externalData: _entries, dataLocation: _location, ...rest } = tensor;
  return { ...rest, rawData: bytes.subarray(offset, offset + length) };
}

async function readExternal(modelPath: string, name: string, others: number): Promise<Uint8Array> {
  const directory = dirname(modelPath);
  const path = join(directory, name);
  try {
    if ((await stat(path)).isFile()) return await readFile(path);
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_MODEL_MISSING',
      problem: `The model in ${directory} has ${1 + others} files, and ${path} cannot be read (${reasonOf(cause)})`,
      fix: 'Fetch the whole model again',
      cause,
    });
  }
  throw badData(`${name}, where the model expects its weights, is not a file`);
}

function badData(problem: string): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_DATA',
    problem,
    fix: 'Put the whole file beside the model',
  });
}
