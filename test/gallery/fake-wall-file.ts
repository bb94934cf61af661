import { NO_TOTALS } from '../../protocol/wire/totals.js';
import type { WallFile } from '../../protocol/wire/wall-file.js';
import { statusOf } from './fake-answers.js';
import { type FakeRun, FOUNDED } from './fake-run.js';

/** A run out of thin air, as it is exported. */
export function wallFileOfFake(run: FakeRun): WallFile {
  const { name, classes, labels, evaluations, jumps, goalSwitches, curve } = run;
  const some = [...run.known.values()][0]?.genome;
  const side = classes <= 10 ? 28 : 224;
  return {
    run: name,
    exported: FOUNDED,
    spec: {
      model: 'digits',
      encoding: 'cppn',
      classes,
      canvas: some?.canvas ?? 0,
      channels: some?.outputs ?? 1,
      views: 'single',
      seed: 7,
      budget: { evaluations: 0, cost: 0, minutes: 0, targetMedian: 0 },
      evolution: { initial: 400, generation: 100, emitters: ['mutation'] },
    },
    input: { width: side, height: side, channels: 'RGB' },
    totals: { ...NO_TOTALS, evaluations, jumps, goalSwitches },
    islands: statusOf(run).islands,
    labels,
    curve,
    elites: [...run.cells.values()].map(({ genome = new Uint8Array(0), evaluation, ...cell }) => {
      const known = run.known.get(cell.digest);
      const jump = run.history.get(cell.classId)?.at(-1);
      return {
        ...cell,
        evaluation: jump?.evaluation ?? 0,
        cost: jump?.evaluation ?? 0,
        islandEvaluation: evaluation,
        genomeBytes: genome.length,
        nodes: (known?.genome.activations.length ?? 0) + 4,
        connections: known?.genome.weights.length ?? 0,
        parent: known?.parent?.digest ?? null,
        parentClass: known?.parent?.classId ?? null,
        goalSwitch: jump?.goalSwitch ?? false,
        genome: Buffer.from(genome).toString('base64'),
      };
    }),
  };
}
