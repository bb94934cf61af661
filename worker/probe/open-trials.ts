import { BadInputError } from '../../protocol/base/errors.js';
import { trace } from '../../protocol/base/trace.js';
import { type OpenOptions, openClassifier } from '../classifier/open.js';
import { type ModelFiles, readModel } from '../model/files.js';
import type { Model } from '../model/model.js';
import { needsColour, PRESET_NAMES } from '../model/preprocessing.js';
import { describeModel, type ModelOverrides } from '../model/resolve.js';
import { candidatesFor } from './candidates.js';
import type { Trial } from './probe.js';

/** A model in every layout that is open, each opened once: all normalisations go through one session. */
export interface OpenTrials {
  readonly model: Model;
  readonly trials: readonly Trial[];
  /** Whether the file leaves the layout open, so that both are tried. */
  readonly layoutIsOpen: boolean;
  close(): Promise<void>;
}

/**
 * Opens a model of which the preprocessing is not known (or is to be compared with others). `overrides` say the rest of
 * it, as for {@link describeModel}. Rejects with a {@link BadInputError} for what cannot be opened.
 */
export async function openTrials(
  reference: string,
  overrides: ModelOverrides,
  options: OpenOptions,
): Promise<OpenTrials> {
  const files = await readModel(reference);
  const models = await modelsOf(files, { ...overrides, preprocess: 'unit' });
  const trials: Trial[] = [];
  const close = async () => {
    for (const { classifier } of trials) await classifier.close();
  };
  try {
    for (const model of models) {
      const known = await describeModel(files, { ...overrides, layout: model.input.layout }).then(
        (loaded) => loaded.model,
        // Nothing is known of it yet, which is why it is probed.
        (error: unknown) => trace('looking for what is known of the network', error),
      );
      const classifier = await openWithAny(files, overrides, model, options);
      // The classifier's own layout, which need not be that of the model's file.
      const input = { ...model.input, layout: classifier.input.layout };
      const pixels = known && {
        channels: known.input.channels,
        scale: known.input.scale,
        offset: known.input.offset,
      };
      trials.push({ classifier, candidates: candidatesFor(input, overrides.channels, pixels) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [model] = models;
  return { model, trials, layoutIsOpen: models.length > 1, close };
}

async function modelsOf(files: ModelFiles, overrides: ModelOverrides): Promise<[Model, ...Model[]]> {
  const describe = async (said: ModelOverrides) => (await describeModel(files, said)).model;
  try {
    return [await describe(overrides)];
  } catch (error) {
    const isOpen = error instanceof BadInputError && error.code === 'ERR_CARD_MISSING';
    if (!isOpen || overrides.layout !== undefined) throw error;
    return [
      await describe({ ...overrides, layout: 'NCHW' }),
      await describe({ ...overrides, layout: 'NHWC' }),
    ];
  }
}

/**
 * A network is shown trial images when it is opened. Under a preset that is far from its own it may overflow, or give all
 * of them the same scores, and be refused: then the next preset is tried.
 */
async function openWithAny(
  files: ModelFiles,
  overrides: ModelOverrides,
  model: Model,
  options: OpenOptions,
): Promise<Trial['classifier']> {
  const { layout, channels } = model.input;
  const presets = PRESET_NAMES.filter((name) => channels !== 'grey' || !needsColour(name));
  let refusal: unknown;
  for (const preprocess of presets) {
    try {
      return await openClassifier(await describeModel(files, { ...overrides, layout, preprocess }), options);
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}
