import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_SIDE } from '../../protocol/drawing/drawer.js';
import { OUTPUT_KINDS } from '../../worker/model/model.js';
import type { ModelOverrides } from '../../worker/model/resolve.js';
import { positiveNumber, wholeFrom } from './numbers.js';

/** Flags that say which network, what it takes and gives, and what it runs on. */
export interface ModelFlags extends Omit<ModelOverrides, 'width' | 'height'> {
  readonly model: string;
  readonly engine: 'onnx' | 'tensorflow';
  readonly device: string;
  /** Width and height, for networks whose file leaves them open. */
  readonly size?: number;
}

/** Adds the flags that every command that opens a network takes. */
export function addModelFlags(command: Command): Command {
  return command
    .option('--model <ref>', 'a model: its file, its directory, or its name in `atoll models`', 'digits')
    .option('--labels <file>', 'labels, JSON or text, one a class')
    .option('--card <file>', 'model card (YAML) to use in place of the one beside the model')
    .addOption(new Option('--layout <layout>', "order of the tensor's axes").choices(['NCHW', 'NHWC']))
    .addOption(new Option('--channels <order>', 'channels of the tensor').choices(['RGB', 'BGR', 'grey']))
    .option('--size <pixels>', 'side of the input, where the file leaves it open', wholeFrom(1, MAX_SIDE))
    .option('--scale <list>', 'tensor = byte * scale + offset: one number, or one a channel', numbers)
    .option('--offset <list>', 'see --scale', numbers)
    .option(
      '--mean <list>',
      'tensor = (byte * range / 255 - mean) / std: one number, or one a channel',
      numbers,
    )
    .option('--std <list>', 'see --mean', numbers)
    .option('--range <n>', 'see --mean: 1 for means like .485, 255 for means like 123.68', positiveNumber)
    .addOption(new Option('--output <kind>', 'what the network puts out').choices(OUTPUT_KINDS))
    .option('--output-name <name>', 'the output that holds the scores, where there are several')
    .addOption(
      new Option('--engine <engine>', 'what runs the network')
        .choices(['onnx', 'tensorflow'])
        .default('onnx'),
    )
    .option('--device <device>', 'cpu, webgpu, cuda or cuda:N', 'cpu');
}

/** What the flags say of the model, for `resolveModel`. */
export function modelFromFlags({ size, ...rest }: ModelFlags): ModelOverrides {
  const { card, labels, layout, channels, scale, offset, mean, std, range, output, outputName } = rest;
  return {
    ...{ card, labels, layout, channels, scale, offset, mean, std, range, output, outputName },
    width: size,
    height: size,
  };
}

function numbers(text: string): readonly number[] | number {
  const values = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  if (values.length > 3 || !values.every(Number.isFinite)) {
    throw new InvalidArgumentError('expected one number, or up to three like 1,2,3');
  }
  return values.length === 1 ? (values[0] ?? 0) : values;
}
