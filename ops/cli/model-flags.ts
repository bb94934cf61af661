import { type Command, InvalidArgumentError, Option } from 'commander';
import { ENGINE_NAMES, type EngineName } from '../../protocol/spec/engine-names.js';
import { PRESET_NAMES, PRESETS } from '../../worker/model/preprocessing.js';
import type { ModelOverrides } from '../../worker/model/resolve.js';
import { OUTPUT_KINDS } from '../../worker/onnx/output-kind.js';
import { positiveNumber } from './numbers.js';
import { type Size, sizeOf } from './size.js';

/** Flags that say what a network takes and gives, and what it runs on. */
export interface NetworkFlags extends Omit<ModelOverrides, 'width' | 'height'> {
  readonly engine: EngineName;
  readonly device: string;
  /** For networks whose file leaves it open. */
  readonly size?: Size;
}

/** The same, with which network it is. */
export interface ModelFlags extends NetworkFlags {
  readonly model: string;
}

/** Adds the flags that every command that opens a network takes. */
export function addModelFlags(command: Command): Command {
  return addNetworkFlags(
    command.option(
      '--model <ref>',
      'a model: its file, its directory, or its name in `atoll models`',
      'digits',
    ),
  );
}

/** The same without `--model`: for a command whose argument it is. */
export function addNetworkFlags(command: Command): Command {
  return addEngineFlags(addPixelFlags(addInputFlags(command)));
}

/** Without the flags for pixels too: for a command that finds out what these are. */
export function addProbedFlags(command: Command): Command {
  return addEngineFlags(addInputFlags(command));
}

function addInputFlags(command: Command): Command {
  return command
    .option(
      '--labels <file>',
      'names of the classes: JSON, YAML, CSV, a Python dict, or text with one per line',
    )
    .option('--card <file>', 'model card (YAML) to use in place of the one beside the model')
    .addOption(
      new Option('--layout <layout>', 'order of the axes: NCHW has channels first, NHWC last').choices([
        'NCHW',
        'NHWC',
      ]),
    )
    .addOption(
      new Option('--channels <order>', 'order of the channels, or grey').choices(['RGB', 'BGR', 'grey']),
    )
    .option('--size <pixels>', 'size of the input, where the file leaves it open: 224, or 76x41', sizeOf);
}

function addPixelFlags(command: Command): Command {
  const presets = PRESET_NAMES.map((name) => `${name} (${PRESETS[name].says})`).join('; ');
  return command
    .addOption(
      new Option('--preprocess <name>', `how the network expects its pixels: ${presets}`).choices(
        PRESET_NAMES,
      ),
    )
    .option('--scale <list>', 'tensor = byte * scale + offset: one number, or one for each channel', numbers)
    .option('--offset <list>', 'see --scale', numbers)
    .option(
      '--mean <list>',
      'tensor = (byte * range / 255 - mean) / std: one number, or one for each channel',
      numbers,
    )
    .option('--std <list>', 'see --mean', numbers)
    .option('--range <n>', 'see --mean: 1 for means like .485, 255 for means like 123.68', positiveNumber);
}

function addEngineFlags(command: Command): Command {
  return command
    .addOption(new Option('--output <kind>', 'what the scores of the network are').choices(OUTPUT_KINDS))
    .option('--output-name <name>', 'the output that holds the scores, where there are several')
    .addOption(new Option('--engine <engine>', 'what runs the network').choices(ENGINE_NAMES).default('onnx'))
    .option('--device <device>', 'cpu, webgpu, cuda or cuda:N', 'cpu');
}

/** What the flags say of the model, for `resolveModel`. */
export function modelFromFlags({ size, ...rest }: NetworkFlags): ModelOverrides {
  const { card, labels, layout, channels, preprocess, scale, offset, mean, std, range } = rest;
  const { output, outputName } = rest;
  return {
    ...{ card, labels, layout, channels, preprocess, scale, offset, mean, std, range, output, outputName },
    width: size?.width,
    height: size?.height,
  };
}

function numbers(text: string): readonly number[] | number {
  const values = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  if (values.length > 3 || !values.every(Number.isFinite)) {
    throw new InvalidArgumentError('expected one number, or up to three like 1,2,3');
  }
  return values.length === 1 ? (values[0] ?? 0) : values;
}
