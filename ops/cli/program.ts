import { Command } from 'commander';
import { registerBench } from '../commands/bench.js';
import { registerClassify } from '../commands/classify.js';
import { registerExport } from '../commands/export.js';
import { registerModels } from '../commands/models.js';
import { registerRuns } from '../commands/runs.js';
import { registerUp } from '../commands/up.js';
import { registerVerify } from '../commands/verify.js';
import { VERSION } from './version.js';

/** The command line: every command registers itself. Throws commander's errors instead of exiting. */
export function createProgram(): Command {
  const program = new Command('atoll')
    .description('Evolves images until a neural network is certain that it sees what they do not show.')
    .version(VERSION)
    .showSuggestionAfterError()
    .exitOverride()
    // main.ts says what was wrong, in one sentence.
    .configureOutput({ outputError: () => {} });
  const registrations = [
    registerUp,
    registerRuns,
    registerExport,
    registerVerify,
    registerModels,
    registerClassify,
    registerBench,
  ];
  for (const register of registrations) register(program);
  // Settings are inherited by commands made from here on, not by those that exist.
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}
