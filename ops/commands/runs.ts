import { basename } from 'node:path';
import type { Command } from 'commander';
import type { RunListing } from '../../coordinator/run/runs.js';
import { print, printJson, say, table } from '../cli/output.js';

export function registerRuns(program: Command): void {
  program
    .command('runs')
    .description('list the runs of a directory')
    .option('--runs <dir>', 'folder of run directories', 'runs')
    .option('--json', 'print the result as one line of JSON')
    .action(async ({ runs: root, json }: { runs: string; json?: boolean }) => {
      const { listRuns } = await import('../../coordinator/run/runs.js');
      const runs = await listRuns(root);
      if (json) printJson({ root, runs });
      else if (runs.length === 0) say(`There are no runs in ${root}. \`atoll up\` makes one.`);
      else print(describe(runs));
    });
}

const HEADING = [
  'run',
  'state',
  'model',
  'encoding',
  'classes',
  'evaluations',
  'coverage',
  'median',
  'updated',
];

/** A table of those that can be read; what is wrong with the others, below it. */
function describe(runs: readonly RunListing[]): string {
  const whole = runs.flatMap((run) => (run.state === 'broken' ? [] : [rowOf(run)]));
  const broken = runs.flatMap((run) =>
    run.state === 'broken' ? [`${run.name} is broken: ${run.problem}`] : [],
  );
  return [...(whole.length > 0 ? [table([HEADING, ...whole])] : []), ...broken].join('\n');
}

function rowOf(run: Exclude<RunListing, { state: 'broken' }>): string[] {
  return [
    run.name,
    run.state,
    basename(run.model),
    run.encoding,
    String(run.classes),
    run.evaluations.toLocaleString('en-US'),
    `${(100 * run.coverage).toFixed(1)} %`,
    run.median.toFixed(4),
    run.updated.toISOString().slice(0, 16).replace('T', ' '),
  ];
}
