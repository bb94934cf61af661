import type { ChannelOrder, TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import {
  type Normalisation,
  needsColour,
  PRESET_NAMES,
  PRESETS,
  type PresetName,
  presetNormalisation,
} from '../model/preprocessing.js';

/** One way to prepare pixels for a network. */
export interface Candidate {
  /** `known`: as its card or the catalogue says, where that is none of the presets. */
  readonly preprocess: PresetName | 'known';
  /** Whether the card or the catalogue says this. */
  readonly isKnown: boolean;
  readonly input: TensorSpec;
}

/** What is known of a network's pixels before the probe. */
export type KnownPixels = Normalisation & Pick<TensorSpec, 'channels'>;

/**
 * Every preset, in the orders of the channels that are open, for a network that takes `input` (of which the
 * normalisation does not count), and what is `known`. `channels` is an order that is said: no other is tried.
 */
export function candidatesFor(
  input: TensorSpec,
  channels: ChannelOrder | undefined,
  known: KnownPixels | undefined,
): readonly Candidate[] {
  const isGrey = input.channels === 'grey';
  const orders: readonly ChannelOrder[] =
    channels !== undefined || isGrey ? [input.channels] : ['RGB', 'BGR'];
  const presets = PRESET_NAMES.filter((name) => !isGrey || !needsColour(name)).flatMap((preprocess) =>
    orders.map((order) => ({
      preprocess,
      input: { ...input, channels: order, ...presetNormalisation(preprocess, order) },
    })),
  );
  const found: Candidate[] = presets.map((each) => ({
    ...each,
    isKnown: known !== undefined && isSame(each.input, known),
  }));
  if (known === undefined || found.some(({ isKnown }) => isKnown)) return found;
  return [...found, { preprocess: 'known', isKnown: true, input: { ...input, ...known } }];
}

/** The flags that say a candidate; none for what is known without them. */
export function flagsOf({ preprocess, input }: Candidate, layoutIsOpen: boolean): string {
  const layout = layoutIsOpen ? ` --layout ${input.layout}` : '';
  if (preprocess === 'known') return layout.trim();
  const isUsual = input.channels === 'grey' || input.channels === PRESETS[preprocess].channels;
  return `--preprocess ${preprocess}${isUsual ? '' : ` --channels ${input.channels}`}${layout}`;
}

function isSame(a: KnownPixels, b: KnownPixels): boolean {
  const isNear = (x: readonly number[], y: readonly number[]) =>
    x.every((value, c) => Math.abs(value - (y[c] ?? 0)) <= 1e-6 * Math.max(1, Math.abs(value)));
  return a.channels === b.channels && isNear(a.scale, b.scale) && isNear(a.offset, b.offset);
}
