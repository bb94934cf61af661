import { type Command, Option } from 'commander';
import { VIEW_COUNT } from '../../protocol/drawing/tensor-spec.js';
import { addModelFlags } from '../cli/model-flags.js';

/** Adds the flags of a command that is made on one picture: an elite of a run, or a file and a network. */
export function addSubjectFlags(command: Command): Command {
  command
    .option('--run <dir>', 'a run; the result goes into its directory')
    .option(
      '--class <class>',
      "index or label: of the run's image; or of --image (default: the class that is named)",
    )
    .option('--image <file>', 'a PNG, JPEG or WebP picture, in place of --run');
  return addModelFlags(command).addOption(
    new Option('--views <views>', 'with --image: what the network is shown of it')
      .choices(Object.keys(VIEW_COUNT))
      .default('single'),
  );
}
