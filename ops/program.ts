import { Command } from 'commander';
import { typeable } from './cli/command-line.js';
import { addTraceFlag } from './cli/trace-flag.js';
import { explainValues, showListedDefaults } from './cli/usage.js';
import { VERSION } from './cli/version.js';

/** A command as the list of all shows it, and what it registers itself with, which may bring large libraries. */
interface CommandModule {
  readonly summary: string;
  readonly load: () => Promise<(program: Command) => void>;
}

const COMMANDS: Readonly<Record<string, CommandModule>> = {
  up: {
    summary: 'evolve images for a network on this machine',
    load: async () => (await import('./commands/up.js')).registerUp,
  },
  coordinator: {
    summary: 'keep the archive of a run that workers on any machine evolve',
    load: async () => (await import('./commands/coordinator.js')).registerCoordinator,
  },
  worker: {
    summary: 'evolve islands of a run that a coordinator keeps',
    load: async () => (await import('./commands/worker.js')).registerWorker,
  },
  status: {
    summary: 'show the state of a run and of its islands',
    load: async () => (await import('./commands/status.js')).registerStatus,
  },
  pause: {
    summary: 'pause the islands of a run',
    load: async () => (await import('./commands/control.js')).registerPause,
  },
  resume: {
    summary: 'resume a paused run',
    load: async () => (await import('./commands/control.js')).registerResume,
  },
  stop: {
    summary: 'end a run and store everything that it found',
    load: async () => (await import('./commands/control.js')).registerStop,
  },
  trust: {
    summary: 'accept the improvements of a suspect island again',
    load: async () => (await import('./commands/trust.js')).registerTrust,
  },
  runs: {
    summary: 'list the runs of a directory',
    load: async () => (await import('./commands/runs.js')).registerRuns,
  },
  gallery: {
    summary: 'show finished runs in a browser',
    load: async () => (await import('./commands/gallery.js')).registerGallery,
  },
  export: {
    summary: 'write the images, a contact sheet and tables of a run',
    load: async () => (await import('./commands/export.js')).registerExport,
  },
  verify: {
    summary: 'draw and score every elite of a run again, and compare',
    load: async () => (await import('./commands/verify.js')).registerVerify,
  },
  backup: {
    summary: 'copy a run into one file, while it goes on',
    load: async () => (await import('./commands/backup.js')).registerBackup,
  },
  doctor: {
    summary: 'say what this machine would run on, and what it lacks',
    load: async () => (await import('./commands/doctor.js')).registerDoctor,
  },
  models: {
    summary: 'list, download and inspect networks',
    load: async () => (await import('./commands/models.js')).registerModels,
  },
  classify: {
    summary: 'show what a network sees in a picture',
    load: async () => (await import('./commands/classify.js')).registerClassify,
  },
  ascend: {
    summary: 'lead pictures to classes by gradient ascent',
    load: async () => (await import('./commands/ascend.js')).registerAscend,
  },
  train: {
    summary: 'train a small network on labelled pictures',
    load: async () => (await import('./commands/train.js')).registerTrain,
  },
  retrain: {
    summary: 'train a network on the images that fool it, and try again, round after round',
    load: async () => (await import('./commands/retrain.js')).registerRetrain,
  },
  calibrate: {
    summary: 'measure what the confidence of a network is worth, on natural images',
    load: async () => (await import('./commands/calibrate.js')).registerCalibrate,
  },
  transfer: {
    summary: 'ask other networks about the images of a run',
    load: async () => (await import('./commands/transfer.js')).registerTransfer,
  },
  occlude: {
    summary: 'map which part of a picture the confidence rests on',
    load: async () => (await import('./commands/occlude.js')).registerOcclude,
  },
  ablate: {
    summary: 'measure how the confidence depends on repetition',
    load: async () => (await import('./commands/ablate.js')).registerAblate,
  },
  perturb: {
    summary: 'find the smallest change that turns a picture into another class',
    load: async () => (await import('./commands/perturb.js')).registerPerturb,
  },
  shortcut: {
    summary:
      'show, on two shapes that differ in colour by accident, what a network learns and evolution finds',
    load: async () => (await import('./commands/shortcut.js')).registerShortcut,
  },
  generative: {
    summary: 'ask whether a generative classifier of digits is fooled too',
    load: async () => (await import('./commands/generative.js')).registerGenerative,
  },
  report: {
    summary: 'write one page on a run, fit to attach to a paper',
    load: async () => (await import('./commands/report.js')).registerReport,
  },
  compare: {
    summary: 'compare runs at equal evaluations',
    load: async () => (await import('./commands/compare.js')).registerCompare,
  },
  bench: {
    summary: 'measure how fast this machine evolves',
    load: async () => (await import('./commands/bench.js')).registerBench,
  },
};

/**
 * The command line. Only the command that `argv` calls is loaded; of the others the names and summaries are known, which is
 * all that the help of `atoll` shows. Throws commander's errors instead of exiting.
 */
export async function createProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('atoll')
    .description('Evolves images that a neural network takes for things that they do not show.')
    .version(VERSION)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(typeable(text)),
      // main.ts says what was wrong, in one sentence.
      outputError: () => {},
    });
  addTraceFlag(program);
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  const called = first === 'help' ? second : first;
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    if (name === called) (await load())(program);
    else program.command(name).summary(summary);
  }
  inherit(program);
  explainValues(program);
  showListedDefaults(program);
  return program;
}

/** Settings are inherited by commands made from here on, not by those that exist. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inherit(command);
  }
}
