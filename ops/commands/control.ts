import type { Command } from 'commander';
import type { Verb } from '../../coordinator/http/control-routes.js';
import { print, printJson } from '../cli/output.js';
import { addTargetFlags, addTokenFlag, findCoordinator, type TargetFlags } from '../http/find-coordinator.js';

const SUMMARIES: Readonly<Record<Verb, string>> = {
  pause: 'pause all islands of a run until it is resumed',
  resume: 'resume a paused run',
  stop: 'end a run: its islands store what they found, then its coordinator ends',
};

function register(program: Command, verb: Verb): void {
  const command = program.command(verb).description(SUMMARIES[verb]);
  addTokenFlag(addTargetFlags(command))
    .option('--json', 'print the result as one line of JSON')
    .action(async ({ json, ...target }: TargetFlags & { readonly json?: boolean }) => {
      const client = await findCoordinator(target);
      // The token goes only to a server that has shown that it is a coordinator.
      await client.run();
      const { run, state } = await client.control(verb);
      if (json) printJson({ run, state });
      else print(`${run} is ${state}`);
    });
}

export const registerPause = (program: Command): void => register(program, 'pause');
export const registerResume = (program: Command): void => register(program, 'resume');
export const registerStop = (program: Command): void => register(program, 'stop');
