import type { Command } from 'commander';
import type { Verb } from '../../coordinator/http/control-routes.js';
import { print, printJson } from '../cli/output.js';
import {
  addTargetFlags,
  addTokenFlag,
  findCoordinator,
  type TargetFlags,
} from '../cluster/find-coordinator.js';

const SUMMARIES: Readonly<Record<Verb, string>> = {
  pause: 'let all islands of a run rest, until it is resumed',
  resume: 'let the islands of a paused run go on',
  stop: 'end a run: its islands store what they have, and its coordinator ends',
};

function register(program: Command, verb: Verb): void {
  const command = program.command(verb).description(SUMMARIES[verb]);
  addTokenFlag(addTargetFlags(command))
    .option('--json', 'print the result as one line of JSON')
    .action(async ({ json, ...target }: TargetFlags & { readonly json?: boolean }) => {
      const client = await findCoordinator(target);
      // Whoever gets the token has shown first that it is a coordinator.
      await client.run();
      const { run, state } = await client.control(verb);
      if (json) printJson({ run, state });
      else print(`${run} is ${state}`);
    });
}

export const registerPause = (program: Command): void => register(program, 'pause');
export const registerResume = (program: Command): void => register(program, 'resume');
export const registerStop = (program: Command): void => register(program, 'stop');
