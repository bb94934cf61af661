import { dirname, resolve } from 'node:path';
import type { ChannelOrder, TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { BadInputError } from '../../protocol/errors.js';
import { classCount } from '../onnx/output-kind.js';
import { aboutOf, type Card, type CardInput, readCard } from './card.js';
import { type CatalogueEntry, knownByDigest } from './catalogue.js';
import { digestModel } from './digest.js';
import { type FileFacts, readFacts } from './facts.js';
import { inputSpec } from './input-spec.js';
import { findLabelsBeside } from './labels/beside.js';
import type { LongLabels } from './labels/parse.js';
import { fitLabels, numberedLabels, readLabels } from './labels.js';
import { locate } from './locate.js';
import type { Model } from './model.js';
import { fileName, nameOf } from './name-of.js';
import { outputNote, pairNote } from './notes.js';
import type { PresetName } from './preprocessing.js';
import { readMetadata } from './teachable-machine.js';

/** What a person says on the command line; each goes before what the card says. */
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
 * Finds a model by its path (an `.onnx` file, a tfjs `model.json`, a directory that holds one) or its name in the
 * catalogue, and gathers all that is said of it: flags before the card, the card before the catalogue (by digest),
 * the catalogue before what the file itself shows. Rejects with a {@link BadInputError} when there is no such model,
 * when it is no classifier of images, when what is said contradicts the file, or when something that is needed is
 * said nowhere.
 */
export async function resolveModel(reference: string, overrides: ModelOverrides = {}): Promise<Model> {
  const located = await locate(reference);
  const { path } = located;
  const cardPath = overrides.card ?? located.card;
  const card = cardPath === undefined ? {} : await readCard(cardPath);
  const output = typeof card.output === 'object' ? card.output : { kind: card.output };
  const classes = Array.isArray(card.labels) ? card.labels.length : undefined;
  const metadata = path.endsWith('.json') ? await readMetadata(dirname(path)) : undefined;
  const facts = await readFacts(path, {
    classes,
    outputName: overrides.outputName ?? output.name,
    width: overrides.width ?? card.input?.width ?? metadata?.input.width,
    height: overrides.height ?? card.input?.height ?? metadata?.input.height,
  });
  const digest = await digestModel(facts.files, dirname(path));
  const known = knownByDigest(digest);
  const name = card.name ?? known?.name ?? nameOf(path, metadata?.name);
  checkFormat(card, facts.format, name);
  const input = inputSpec(
    facts.readings,
    [inputFlags(overrides), card.input ?? {}, known?.input ?? {}, metadata?.input ?? {}],
    fileName(path),
    facts,
  );
  const { labels, notes } = await labelsOf(overrides, card, cardPath, known, facts, path);
  const said = overrides.output ?? output.kind;
  const about = aboutOf(card) ?? (known && { source: known.source });
  return {
    name,
    format: facts.format,
    path,
    files: facts.files,
    digest,
    input,
    output: said ?? facts.output,
    ...(facts.outputName === undefined ? {} : { outputName: facts.outputName }),
    labels,
    notes: [...notes, ...outputNotes(name, facts, said)],
    ...(about === undefined ? {} : { about }),
  };
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

/** Labels, and sentences about where they come from, where nobody named them. */
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
  { width, labels: own, refused }: FileFacts,
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
  throw new BadInputError({
    code: 'ERR_LABELS',
    problem: `${refused === undefined ? '' : `${refused} `}${fileName(path)} does not say how many classes it has, and there are no labels for it`,
    fix: `Add --labels FILE, with one label for each class${refused === undefined ? '' : ', and --engine tensorflow'}`,
  });
}

function outputNotes(name: string, { width, output }: FileFacts, said: Model['output']): readonly string[] {
  if (width === 1) return [pairNote(name)];
  return said === undefined && output === 'sigmoid' ? [outputNote(name, output)] : [];
}
