import { type Command, Option } from 'commander';
import { LEAST_SIDE } from '../../worker/training/network-plan.js';
import { wholeFrom } from './numbers.js';

/** Flags that say what training makes of pictures. */
export interface PictureFlags {
  readonly size: number;
  readonly channels: 'RGB' | 'grey';
}

export function addPictureFlags(command: Command): Command {
  return command
    .option(
      '--size <pixels>',
      'width and height that pictures are brought to',
      wholeFrom(LEAST_SIDE, 256),
      48,
    )
    .addOption(
      new Option('--channels <channels>', 'what is made of pictures').choices(['RGB', 'grey']).default('RGB'),
    );
}
