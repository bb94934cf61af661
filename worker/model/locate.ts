import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BadInputError } from '../../protocol/errors.js';
import { modelsDirectory } from './cache.js';
import { readCard } from './card.js';
import { type CatalogueEntry, knownByName, SHIPPED } from './catalogue.js';

/** Where a model's file lies, and its card, where there is one. Absolute paths. */
export interface Location {
  readonly path: string;
  readonly card: string | undefined;
}

const CARD = 'card.yaml';
const TFJS = 'model.json';

/**
 * Finds what `reference` means: a name in the catalogue, a file, or a directory with one model. A name of the catalogue
 * goes before a file of that name (write `./name` for the file). Rejects with a {@link BadInputError}
 * (`ERR_MODEL_MISSING`) when there is nothing.
 */
export async function locate(reference: string): Promise<Location> {
  if (reference === SHIPPED.name) return inDirectory(SHIPPED.directory);
  const known = knownByName(reference);
  if (known?.name === reference) return pulled(known);
  const path = resolve(reference);
  const kind = await kindOf(path);
  if (kind === 'directory') return inDirectory(path);
  if (kind === 'file') return { path, card: await cardBeside(path) };
  if (known !== undefined) return pulled(known);
  throw missing(
    'a model file, a directory with one, or a name in the catalogue',
    JSON.stringify(reference),
    'check the path, or see atoll models',
  );
}

async function pulled(entry: CatalogueEntry): Promise<Location> {
  const path = join(modelsDirectory(), `${entry.name}.onnx`);
  if ((await kindOf(path)) === 'file') return { path, card: undefined };
  const fix =
    entry.download === undefined ? 'give the path of the file' : `run: atoll models pull ${entry.name}`;
  throw missing(`${entry.name} in ${modelsDirectory()}`, 'no such file', fix);
}

async function inDirectory(directory: string): Promise<Location> {
  const names = await readdir(directory).catch((): string[] => []);
  if (names.includes(CARD)) {
    const card = join(directory, CARD);
    const { file } = await readCard(card);
    if (file !== undefined) return { path: join(directory, file), card };
  }
  const models = names.includes(TFJS) ? [TFJS] : names.filter((name) => name.endsWith('.onnx'));
  const [only, ...others] = models;
  if (only !== undefined && others.length === 0) {
    const path = join(directory, only);
    return { path, card: await cardBeside(path) };
  }
  throw missing(
    `one model (${TFJS} or *.onnx) in ${directory}`,
    models.length === 0 ? 'none' : `${models.length}`,
    models.length === 0 ? 'check the path' : "give the file's path",
  );
}

/** `FILE.card.yaml`, else the directory's `card.yaml` where it names this file or there is no other. */
async function cardBeside(path: string): Promise<string | undefined> {
  const own = `${path}.card.yaml`;
  if ((await kindOf(own)) === 'file') return own;
  const directory = dirname(path);
  const shared = join(directory, CARD);
  if ((await kindOf(shared)) !== 'file') return undefined;
  const { file } = await readCard(shared);
  if (file !== undefined) return resolve(directory, file) === path ? shared : undefined;
  const models = (await readdir(directory)).filter((name) => name === TFJS || name.endsWith('.onnx'));
  return models.length === 1 && models[0] === basename(path) ? shared : undefined;
}

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'directory' : 'file';
}

function missing(expected: string, got: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_MODEL_MISSING', expected, got, fix });
}
