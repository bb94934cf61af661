import { dirname, resolve } from 'node:path';
import { BadInputError } from '../../protocol/base/errors.js';
import type { ChannelOrder, TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { classCount } from '../onnx/output-kind.js';
import { aboutOf, type Card, type CardInput, readCard } from './card.js';
import { type CatalogueEntry, knownByDigest } from './catalogue.js';
import { type FileFacts, factsOf } from './facts.js';
import { type ModelFiles, readModel } from './files.js';
import { inputSpec } from './input-spec.js';
import { findLabelsBeside } from './labels/beside.js';
import type { LongLabels } from './labels/parse.js';
import { fitLabels, numberedLabels, readLabels } from './labels.js';
import type { LoadedModel, Model } from './model.js';
import { fileName, nameOf } from './name-of.js';
import { outputNote, pairNote } from './notes.js';
import type { PresetName } from './preprocessing.js';
import { readMetadata } from './teachable-machine.js';

/** Flags of a person; each overrides the card. */
export interface ModelOverrides {
  /** Path of a card to use in place of the one beside the model. */
  readonly card?: string | undefined;
  /** What becomes of labels that are too long in the file that the card names; `refuse` unless it is a run's own. */
  readonly longLabels?: LongLabels | undefined;
  /** Path of a file of labels. */
  readonly labels?: string | undefined;
  readonly layout?: TensorSpec['layout'] | undefined;
  readonly channels?: ChannelOrder | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** See preprocessing.ts; in place of the five below. */
  readonly preprocess?: PresetName | undefined;
  /** See card.ts for these five. */
  readonly scale?: number | readonly number[] | undefined;
  readonly offset?: number | readonly number[] | undefined;
  readonly mean?: number | readonly number[] | undefined;
  readonly std?: number | readonly number[] | undefined;
  readonly range?: number | undefined;
  readonly output?: Model['output'] | undefined;
  /** The output that holds the scores, where there are several. */
  readonly outputName?: string | undefined;
}

/**
 * Finds a model (see {@link readModel}) and gathers all that is known of it (see {@link describeModel}). Rejects with a
 * {@link BadInputError} as these do.
 */
export async function loadModel(reference: string, overrides: ModelOverrides = {}): Promise<LoadedModel> {
  return describeModel(await readModel(reference), overrides);
}

/** As {@link loadModel}, without the model itself: only what is known of it. */
export async function resolveModel(reference: string, overrides: ModelOverrides = {}): Promise<Model> {
  const { model } = await loadModel(reference, overrides);
  return model;
}

/**
 * Gathers all that is said of a model: flags before the card, the card before the catalogue (by digest), the catalogue
 * before what the file itself shows. Rejects with a {@link BadInputError} when it is no classifier of images, when what
 * is said contradicts the file, or when something that is needed is said nowhere.
 */
export async function describeModel(files: ModelFiles, overrides: ModelOverrides = {}): Promise<LoadedModel> {
  const { path, format, digest } = files;
  const cardPath = overrides.card ?? files.card;
  const card = cardPath === undefined ? {} : await readCard(cardPath);
  const said = typeof card.output === 'object' ? card.output : { kind: card.output };
  const metadata = format === 'onnx' ? undefined : await readMetadata(dirname(path));
  const known = knownByDigest(digest);
  const inputs = [inputFlags(overrides), card.input ?? {}, known?.input ?? {}, metadata?.input ?? {}];
  const facts = await factsOf(files, {
    classes: Array.isArray(card.labels) ? card.labels.length : undefined,
    outputName: overrides.outputName ?? said.name,
    width: inputs.find(({ width }) => width !== undefined)?.width,
    height: inputs.find(({ height }) => height !== undefined)?.height,
  });
  const name = card.name ?? known?.name ?? nameOf(path, metadata?.name);
  checkFormat(card, format, name);
  const input = inputSpec(facts.readings, inputs, fileName(path), facts);
  const { labels, notes } = await labelsOf(overrides, card, cardPath, known, facts, path);
  const kind = overrides.output ?? said.kind;
  const about = aboutOf(card) ?? (known && { source: known.source });
  const model = {
    name,
    format,
    path,
    files: files.files,
    digest,
    input,
    output: kind ?? facts.output,
    ...(facts.outputName === undefined ? {} : { outputName: facts.outputName }),
    labels,
    notes: [...notes, ...outputNotes(name, facts, kind)],
    ...(about === undefined ? {} : { about }),
  };
  return { model, onnx: facts.onnx, tfjs: files.format === 'onnx' ? undefined : files.tfjs };
}

function inputFlags({ layout, channels, width, height, ...flags }: ModelOverrides): CardInput {
  const { preprocess, scale, offset, mean, std, range } = flags;
  return { layout, channels, width, height, preprocess, scale, offset, mean, std, range };
}

function checkFormat(card: Card, format: Model['format'], name: string): void {
  if (card.format === undefined || card.format === format) return;
  throw new BadInputError({
    code: 'ERR_CARD',
    problem: `The card of ${name} says that its format is ${card.format}, but it is ${format}`,
    fix: 'Correct the card',
  });
}

/** Labels that were found, not given, and sentences about where they come from. */
interface FoundLabels {
  readonly labels: readonly string[];
  readonly notes: readonly string[];
}

/** Flags before the card before the catalogue before the file's own names before files beside it before numbers. */
async function labelsOf(
  { labels: flag, longLabels }: ModelOverrides,
  card: Card,
  cardPath: string | undefined,
  known: CatalogueEntry | undefined,
  { width, labels: own, onnx }: FileFacts,
  path: string,
): Promise<FoundLabels> {
  const named = (labels: readonly string[]) => ({ labels, notes: [] });
  if (flag !== undefined) return named(await readLabels(flag, width));
  if (typeof card.labels === 'string') {
    return named(await readLabels(resolve(dirname(cardPath ?? ''), card.labels), width, longLabels));
  }
  const labels = card.labels ?? known?.labels;
  if (labels !== undefined) return named(fitLabels(labels, width, `The card of ${fileName(path)}`));
  if (own !== undefined) return named(fitLabels(own, width, fileName(path)));
  const { labels: beside, notes } = await findLabelsBeside(path, width);
  if (beside !== undefined) return { labels: beside, notes };
  if (width !== undefined) return { labels: numberedLabels(classCount(width)), notes };
  const [why, engine] =
    onnx instanceof BadInputError ? [`${onnx.problem} `, ', and --engine tensorflow'] : ['', ''];
  throw new BadInputError({
    code: 'ERR_LABELS',
    problem: `${why}${fileName(path)} does not say how many classes it has, and there are no labels for it`,
    fix: `Add --labels FILE, with one label for each class${engine}`,
  });
}

function outputNotes(name: string, { width, output }: FileFacts, said: Model['output']): readonly string[] {
  if (width === 1) return [pairNote(name)];
  return said === undefined && output === 'sigmoid' ? [outputNote(name, output)] : [];
}
