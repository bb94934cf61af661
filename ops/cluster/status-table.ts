import { basename } from 'node:path';
import type { IslandView, RunView } from '../../coordinator/http/views.js';
import { shareOf } from '../../protocol/wire/emitter-share.js';
import { duration } from '../cli/duration.js';
import { table } from '../cli/output.js';
import { printable } from '../cli/printable.js';
import { secondsLeft } from '../run/status-line.js';

/** How a run and its islands stand, for people. `most`: islands that are listed; the others are counted. */
export function statusTable(
  run: RunView,
  islands: readonly IslandView[],
  most = Number.POSITIVE_INFINITY,
): string {
  const left = secondsLeft(run.spec, run, run.evaluationsPerSecond);
  const suspects = islands.filter(({ suspect }) => suspect).map(({ number }) => number);
  const { live, joining, lost, done, failed } = run.islands;
  const others = Object.entries({ joining, lost, done, failed })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `, ${whole(count)} ${state}`);
  const facts = [
    [
      'run',
      `${run.run}: ${whole(run.spec.classes)} classes of ${basename(run.spec.model)}, ${run.spec.encoding}`,
    ],
    ['state', run.state === 'running' && left !== undefined ? `running, ${duration(left)} left` : run.state],
    ['evaluations', `${whole(run.totals.evaluations)}, ${whole(run.evaluationsPerSecond)}/s`],
    ...costOf(run),
    ['coverage', `${(100 * run.coverage).toFixed(1)} %`],
    ['median confidence', run.median.toFixed(6)],
    ['classes ≥ .99', `${whole(run.above['0.99'])} of ${whole(run.spec.classes)}`],
    ['islands', `${whole(live)} live of ${whole(run.spec.islands)}${others.join('')}`],
  ];
  const { held, differed, unanswered } = run.audits;
  if (held + differed + unanswered > 0) facts.push(['audits', auditsOf(run)]);
  if (suspects.length > 0) {
    facts.push(['suspect', `${suspects.join(', ')}; nothing is taken from it until \`atoll trust ISLAND\``]);
  }
  const shown = islands.slice(0, most);
  const parts = [facts.map(([name = '', fact = '']) => `${name.padEnd(FACT)}${printable(fact)}`).join('\n')];
  const emitters = emitterRows(run);
  if (emitters.length > 0) parts.push(table([EMITTER_HEADING, ...emitters]));
  if (shown.length > 0) parts.push(table([HEADING, ...shown.map(rowOf)]));
  if (shown.length < islands.length) parts.push(`and ${islands.length - shown.length} more`);
  return parts.join('\n\n');
}

/** Width of what a fact is called. */
const FACT = 'median confidence  '.length;

const HEADING = ['island', 'worker', 'device', 'state', 'evaluations', 'rate', 'heard'];

function rowOf(island: IslandView): string[] {
  const { number, worker, device, state, error, suspect, totals } = island;
  const { evaluationsPerSecond, secondsSinceHeard } = island;
  return [
    `${number}`,
    worker,
    device === '' ? '—' : device,
    `${suspect ? 'suspect, ' : ''}${error === '' ? state : `${state} (${error})`}`,
    whole(totals.evaluations),
    `${whole(evaluationsPerSecond)}/s`,
    secondsSinceHeard === null ? 'not yet' : `${duration(secondsSinceHeard)} ago`,
  ];
}

/** Said where it is not the same as the evaluations, or where it is limited. */
function costOf({ totals, spec }: RunView): string[][] {
  if (totals.cost === totals.evaluations && spec.budget.cost === 0) return [];
  return [['forward passes', whole(totals.cost)]];
}

const EMITTER_HEADING = ['emitter', 'evaluations', 'forward passes', 'share', 'improvement per 1,000 passes'];

/** What each of several emitters made of its share. */
function emitterRows({ spec, totals }: RunView): string[][] {
  const { emitters } = spec.evolution;
  if (emitters.length < 2) return [];
  const shares = emitters.map((name) => ({ name, ...shareOf(totals, name) }));
  const all = shares.reduce((sum, { cost }) => sum + cost, 0);
  return shares.map(({ name, evaluations, cost, improvement }) => [
    name,
    whole(evaluations),
    whole(cost),
    `${all > 0 ? Math.round((100 * cost) / all) : 0} %`,
    cost > 0 ? ((1000 * improvement) / cost).toFixed(1) : '—',
  ]);
}

function auditsOf({ audits: { held, differed, unanswered, alone } }: RunView): string {
  const others = Object.entries({ differed, unanswered })
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `, ${whole(count)} ${outcome}`);
  // One that is wrong all the time agrees with itself.
  const weaker = alone > 0 ? `; ${whole(alone)} by the same island, which shows less` : '';
  return `${whole(held)} held${others.join('')}${weaker}`;
}

function whole(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
