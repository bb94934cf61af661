import { type Command, Option } from 'commander';
import { NETWORK_NAMES } from '../../worker/training/network-plan.js';
import { OPTIMISER_NAMES } from '../../worker/training/optimiser.js';
import {
  count,
  numberFromZero,
  positiveNumber,
  positiveShare,
  shareFromZero,
  wholeFrom,
  wholeNumber,
} from '../cli/numbers.js';
import { addPictureFlags, type PictureFlags } from '../cli/picture-flags.js';

/** Flags as commander gives them; an absent one has no key. */
export interface TrainFlags extends PictureFlags {
  readonly data: string;
  readonly out: string;
  readonly network?: string;
  readonly epochs: number;
  readonly batch: number;
  readonly validation: number;
  readonly patience: number;
  readonly optimiser: string;
  readonly rate?: number;
  readonly shift: number;
  readonly rotation: number;
  readonly scale: number;
  readonly colour: number;
  readonly mirror: boolean;
  readonly seed: number;
  readonly half: boolean;
  readonly restart: boolean;
  readonly json?: boolean;
}

export function registerTrain(program: Command): void {
  const command = program
    .command('train')
    .description('train a small network on labelled pictures')
    .requiredOption('--data <dir>', 'a folder of pictures for each class, or the files of MNIST (*.gz)')
    .option('--out <dir>', 'folder for the network, its card and, meanwhile, the checkpoint', 'trained')
    .addOption(
      new Option(
        '--network <name>',
        'lenet: 55,000 weights; convnet: 700,000 and more (default: lenet for grey images)',
      ).choices([...NETWORK_NAMES]),
    );
  addPictureFlags(command)
    .option('--epochs <n>', 'passes over the images, at most', count, 20)
    .option('--batch <n>', 'images a step', wholeFrom(1, 1024), 50)
    .option(
      '--validation <share>',
      'share of each class that is kept from training to see how it goes',
      positiveShare,
      0.1,
    )
    .option('--patience <n>', 'end after so many epochs without an improvement; 0: never', wholeNumber, 5)
    .addOption(
      new Option('--optimiser <name>', 'how weights are changed')
        .choices([...OPTIMISER_NAMES])
        .default('adam'),
    )
    .option('--rate <rate>', 'greatest learning rate (default: 0.002 for adam, 0.02 for sgd)', positiveNumber)
    .option('--shift <share>', 'move each image by up to this share of its size', shareFromZero, 0.07)
    .option('--rotation <degrees>', 'turn each image by up to this', numberFromZero, 8)
    .option('--scale <factor>', 'make each image larger or smaller by up to this', positiveNumber, 1.1)
    .option('--colour <strength>', 'change the colours of each image, 0 to 1', shareFromZero, 0.2)
    .option('--mirror', 'mirror half of the images', false)
    .option('--seed <n>', 'seed of the weights, the order and the changes', wholeNumber, 1)
    .option('--half', 'keep the weights as half floats: half the size', false)
    .option('--restart', 'start from the beginning, and replace a network that is there', false)
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: TrainFlags) => {
      const { train } = await import('../train/train.js');
      await train(flags);
    });
}
