import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BadInputError } from '../../protocol/base/errors.js';
import { modelsDirectory } from './cache.js';
import { readCard } from './card.js';
import { type CatalogueEntry, knownByName, SHIPPED_MODELS } from './catalogue.js';
import { describeKind, FOREIGN_ENDINGS } from './foreign.js';
import { readModelFile } from './read.js';

/** Where a model's file lies, and its card, where there is one. Absolute paths. */
export interface Location {
  readonly path: string;
  readonly card: string | undefined;
}

const CARD = 'card.yaml';
const TFJS = 'model.json';
const SAVED_MODEL = 'saved_model.pb';
/** How TensorFlow.js calls the weights that lie beside a `model.json`. */
const SHARD = /^(?:weights.*\.bin|group\d+-shard\d+of\d+(?:\.bin)?)$/;

/**
 * Finds what `reference` means: a name in the catalogue, a file, or a directory with one model. A name of the catalogue
 * goes before a file of that name (write `./name` for the file). Rejects with a {@link BadInputError}:
 * `ERR_MODEL_MISSING` when there is nothing, `ERR_MODEL_FILE` when there is a model of a kind that Atoll does not open.
 */
export async function locate(reference: string): Promise<Location> {
  const shipped = SHIPPED_MODELS.find(({ name }) => name === reference);
  if (shipped !== undefined) return inDirectory(shipped.directory, reference);
  const known = knownByName(reference);
  if (known?.name === reference) return pulled(known);
  const path = resolve(reference);
  const kind = await kindOf(path);
  if (kind === 'directory') return inDirectory(path, reference);
  if (kind === 'file') {
    await refuseShard(path);
    return { path, card: await cardBeside(path) };
  }
  if (known !== undefined) return pulled(known);
  throw missing(
    `There is no model ${reference}`,
    'Check the path, or type `atoll models` for the names that Atoll knows',
  );
}

async function pulled(entry: CatalogueEntry): Promise<Location> {
  const path = join(modelsDirectory(), `${entry.name}.onnx`);
  if ((await kindOf(path)) === 'file') return { path, card: undefined };
  if (entry.download === undefined) {
    throw missing(`${entry.name} is a name for a file that you have`, 'Give the path of the file');
  }
  throw missing(
    `${entry.name} is not on this machine yet`,
    `Type \`atoll models pull ${entry.name}\` to download it`,
  );
}

async function inDirectory(directory: string, reference: string): Promise<Location> {
  const names = await readdir(directory).catch((): string[] => []);
  if (names.includes(CARD)) {
    const card = join(directory, CARD);
    const { file } = await readCard(card);
    if (file !== undefined) return { path: join(directory, file), card };
  }
  const models = modelsIn(names);
  const [only, ...others] = models;
  if (only !== undefined && others.length === 0) {
    const path = join(directory, only);
    return { path, card: await cardBeside(path) };
  }
  if (only !== undefined) {
    throw missing(
      `${reference} holds ${models.length} models: ${shortList(models)}`,
      'Give the path of one of these files',
    );
  }
  await refuseForeign(directory, names);
  const inner = await foldersWithModels(directory, names);
  throw missing(
    `${reference} holds no model (${TFJS} or a file that ends in .onnx)`,
    inner.length === 0 ? 'Check the path' : `Its folder ${shortList(inner)} does; give that path`,
  );
}

/** Names of the files that Atoll opens; a `model.json` goes before what lies beside it. */
function modelsIn(names: readonly string[]): readonly string[] {
  return names.includes(TFJS) ? [TFJS] : names.filter((name) => name.endsWith('.onnx')).sort();
}

/** Throws when the only models in a directory are of a kind that Atoll does not open. */
async function refuseForeign(directory: string, names: readonly string[]): Promise<void> {
  if (names.includes(SAVED_MODEL)) {
    const { what, howTo } = describeKind('savedModel', directory);
    throw new BadInputError({ code: 'ERR_MODEL_FILE', problem: what, fix: howTo });
  }
  const foreign = names.find((name) => FOREIGN_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending)));
  if (foreign === undefined) return;
  const path = join(directory, foreign);
  // A Core ML package is a directory.
  if ((await kindOf(path)) === 'file') await readModelFile(path);
}

async function foldersWithModels(directory: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const inner = await readdir(join(directory, name)).catch((): string[] => []);
    if (modelsIn(inner).length > 0) found.push(name);
  }
  return found;
}

/** Throws for the weights of a TensorFlow.js model that are given in its place. */
async function refuseShard(path: string): Promise<void> {
  if (!SHARD.test(basename(path))) return;
  const whole = join(dirname(path), TFJS);
  if ((await kindOf(whole)) !== 'file') return;
  throw new BadInputError({
    code: 'ERR_MODEL_FILE',
    problem: `${basename(path)} holds weights of a TensorFlow.js model, and not its layers`,
    fix: `Give ${whole}`,
  });
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

/** The first few of many names. */
function shortList(names: readonly string[]): string {
  const more = names.length - 5;
  const shown = names.slice(0, 5).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function missing(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_MODEL_MISSING', problem, fix });
}
