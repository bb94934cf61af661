import { Command } from 'commander';
import { VERSION } from './version.js';

/** What each command registers itself with. Only what is called is loaded, for some bring large libraries. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  up: async () => (await import('../commands/up.js')).registerUp,
  coordinator: async () => (await import('../commands/coordinator.js')).registerCoordinator,
  worker: async () => (await import('../commands/worker.js')).registerWorker,
  status: async () => (await import('../commands/status.js')).registerStatus,
  pause: async () => (await import('../commands/control.js')).registerPause,
  resume: async () => (await import('../commands/control.js')).registerResume,
  stop: async () => (await import('../commands/control.js')).registerStop,
  runs: async () => (await import('../commands/runs.js')).registerRuns,
  export: async () => (await import('../commands/export.js')).registerExport,
  verify: async () => (await import('../commands/verify.js')).registerVerify,
  models: async () => (await import('../commands/models.js')).registerModels,
  classify: async () => (await import('../commands/classify.js')).registerClassify,
  bench: async () => (await import('../commands/bench.js')).registerBench,
};

/**
 * The command line: the command that `argv` begins with, or all of them where it begins with none.
 * Throws commander's errors instead of exiting.
 */
export async function createProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('atoll')
    .description('Evolves images until a neural network is certain that it sees what they do not show.')
    .version(VERSION)
    .showSuggestionAfterError()
    .exitOverride()
    // main.ts says what was wrong, in one sentence.
    .configureOutput({ outputError: () => {} });
  const [first = ''] = argv;
  const wanted = Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]] : Object.values(COMMANDS);
  for (const load of wanted) (await load?.())?.(program);
  inherit(program);
  return program;
}

/** Settings are inherited by commands made from here on, not by those that exist. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inherit(command);
  }
}
