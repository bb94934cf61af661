import type { LiveStatus } from '../../protocol/wire/live.js';
import { NO_TOTALS } from '../../protocol/wire/totals.js';
import { type FakeRun, FOUNDED, ISLANDS, lineageOf, standing } from './fake-run.js';

/** What a fake run answers with: JSON, or bytes. */

const RATE = 1480;

export function statusOf(run: FakeRun): LiveStatus {
  return {
    run: run.name,
    state: run.state,
    seconds: run.evaluations / RATE,
    evaluations: run.evaluations,
    evaluationsPerSecond: run.state === 'running' ? RATE : 0,
    jumps: run.jumps,
    goalSwitches: run.goalSwitches,
    budgetEvaluations: Math.ceil((run.evaluations * 1.6) / 1e5) * 1e5,
    budgetMinutes: 0,
    islands: islandsOf(run),
    cost: run.evaluations,
    budgetCost: 0,
    emitters: emittersOf(run),
  };
}

/** Two that compete, and one that has not had a turn. */
function emittersOf({ evaluations }: FakeRun): LiveStatus['emitters'] {
  return [
    { name: 'mutation', evaluations: evaluations / 2, cost: evaluations / 10, improvement: evaluations / 80 },
    { name: 'gradient', evaluations: evaluations / 2, cost: 0.9 * evaluations, improvement: evaluations },
    { name: 'cma', evaluations: 0, cost: 0, improvement: 0 },
  ];
}

function islandsOf(run: FakeRun): LiveStatus['islands'] {
  return Array.from({ length: ISLANDS }, (_, number) => ({
    number,
    worker: `head-${number}`,
    device: number < 2 ? 'cuda:0' : 'cpu',
    state: number === 3 ? ('lost' as const) : ('live' as const),
    evaluations: Math.floor(run.evaluations / ISLANDS),
    evaluationsPerSecond: number === 3 ? 0 : number < 2 ? 640 : 200,
  }));
}

/** Undefined: there is no such thing. */
export function answerOf(run: FakeRun, path: string): object | undefined {
  const [, kind = '', name = '', part = ''] =
    /^\/api\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z.]+))?$/.exec(path) ?? [];
  switch (kind) {
    case 'run':
      return factsOf(run);
    case 'labels':
      return { labels: run.labels };
    case 'islands':
      return {
        islands: islandsOf(run).map(({ evaluations, ...rest }) => ({ ...rest, totals: { evaluations } })),
      };
    case 'curve':
      return { points: [...run.curve, { evaluation: run.evaluations, ...standing(run) }] };
    case 'archive':
      return {
        elites: [...run.cells.values()].map(({ evaluation, genome: _, ...cell }) => ({
          ...cell,
          islandEvaluation: evaluation,
        })),
      };
    case 'genomes':
      return run.known.get(name)?.bytes;
    case 'elites':
      return eliteOf(run, Number(name), part);
    default:
      return undefined;
  }
}

function factsOf(run: FakeRun): object {
  const { name, classes } = run;
  const small = classes <= 10;
  const canvas = [...run.known.values()][0]?.genome.canvas;
  const channels = [...run.known.values()][0]?.genome.outputs;
  const status = statusOf(run);
  return {
    run: name,
    state: status.state,
    seconds: status.seconds,
    evaluationsPerSecond: status.evaluationsPerSecond,
    totals: {
      ...NO_TOTALS,
      evaluations: run.evaluations,
      cost: run.evaluations,
      jumps: run.jumps,
      goalSwitches: run.goalSwitches,
    },
    spec: {
      model: small ? 'digits' : 'squeezenet1.1-7',
      encoding: 'cppn',
      classes,
      canvas,
      channels,
      views: 'single',
      seed: 7,
      evolution: { initial: 400, generation: 100, emitters: ['mutation'] },
      budget: { evaluations: status.budgetEvaluations, cost: 0, minutes: 0 },
    },
    input: { width: small ? 28 : 224, height: small ? 28 : 224, channels: channels === 1 ? 'grey' : 'RGB' },
  };
}

function eliteOf(run: FakeRun, classId: number, part: string): object | undefined {
  const cell = run.cells.get(classId);
  const jumps = run.history.get(classId) ?? [];
  const known = run.known.get(cell?.digest ?? '');
  const jump = jumps.at(-1);
  if (cell === undefined || known === undefined || jump === undefined) return undefined;
  switch (part) {
    case 'history':
      return { jumps, omitted: 0 };
    case 'lineage':
      return { ancestors: lineageOf(run, classId), omitted: 0 };
    case 'opinion':
      return { best: opinionOf(run, classId, cell.confidence) };
    default:
      return {
        classId,
        label: run.labels[classId],
        confidence: cell.confidence,
        digest: cell.digest,
        evaluation: jump.evaluation,
        cost: jump.evaluation,
        island: cell.island,
        islandEvaluation: cell.evaluation,
        time: new Date(cell.changed || FOUNDED).toISOString(),
        encoding: 'cppn',
        genomeBytes: known.bytes.length,
        nodes: known.genome.activations.length + 4,
        connections: known.genome.weights.length,
        parent: known.parent?.digest ?? null,
        parentClass: known.parent?.classId ?? null,
        goalSwitch: jump.goalSwitch,
      };
  }
}

function opinionOf(run: FakeRun, classId: number, confidence: number) {
  const rest = 1 - confidence;
  return [0, 1, 2, 3, 4].map((i) => {
    const other = (classId + i * 3) % run.classes;
    return { classId: other, label: run.labels[other], confidence: i === 0 ? confidence : rest * 0.5 ** i };
  });
}
