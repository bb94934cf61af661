import { type Command, InvalidArgumentError } from 'commander';
import { modelsDirectory } from '../../worker/model/cache.js';
import { addNetworkFlags } from '../cli/model-flags.js';
import { registerProbe } from './models-probe.js';

/** `atoll models` takes --json from wherever it stands, so its commands have to look there too. */
interface JsonFlag {
  readonly json?: boolean;
}

export function registerModels(program: Command): void {
  const models = program
    .command('models')
    .description(
      'list the networks that Atoll knows, download them, look into any, find out its preprocessing',
    )
    .option('--json', 'print the result as one line of JSON')
    .action(async ({ json }: JsonFlag) => {
      const { listModels } = await import('../models/list.js');
      await listModels(json === true);
    });
  models
    .command('pull')
    .description(
      'download a network of the list; pulled again, an interrupted download goes on where it stopped',
    )
    .argument('<name>', 'a name of `atoll models`')
    .option('--dir <dir>', 'directory that the network is downloaded to', modelsDirectory())
    .option('--base-url <url>', 'a mirror of the ONNX model zoo', address)
    .option('--json', 'print the result as one line of JSON')
    .action(async (name: string, _: object, self: Command) => {
      const { pullByName } = await import('../models/pull.js');
      await pullByName(name, self.optsWithGlobals());
    });
  const inspect = models
    .command('inspect')
    .description('show what a model file holds, and what it is as a classifier: inputs, outputs, operators')
    .argument('<model>', "a model's file, its directory, or its name");
  addNetworkFlags(inspect)
    .option('--json', 'print the result as one line of JSON')
    .action(async (reference: string, _: object, self: Command) => {
      const { inspect } = await import('../models/inspect.js');
      await inspect(reference, self.optsWithGlobals());
    });
  registerProbe(models);
}

/** The address of a directory, so that paths go below it. */
function address(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (!/^https?:$/.test(protocol)) throw new InvalidArgumentError('expected an http or https address');
  return text.endsWith('/') ? text : `${text}/`;
}
