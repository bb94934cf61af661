import { type Command, Option } from 'commander';
import { checkRunSpec, repairHint } from '../../coordinator/check-run.js';
import { type Inspection, inspectArchive, openArchive } from '../../coordinator/inspect-archive.js';
import { applyRepair, classesToMend, type RepairReport } from '../../coordinator/repair.js';
import { openRunDirectory, type RunDirectory } from '../../coordinator/run-directory.js';
import { lockRun } from '../../coordinator/run-lock.js';
import type { Connection } from '../../coordinator/store/connection.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { BadInputError, InterruptedError, VerificationError } from '../../protocol/errors.js';
import { openClassifier } from '../../worker/classifier/open.js';
import { resolveModel } from '../../worker/model/resolve.js';
import { type Rescored, rescore } from '../../worker/rescore.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, IMAGES } from '../cli/meter.js';
import { numberFromZero } from '../cli/numbers.js';
import { print, printJson, say } from '../cli/output.js';
import { chooseHolders } from '../verify/choose.js';
import { faultsInShort, listFaults, printRepair } from '../verify/report.js';

interface VerifyFlags {
  readonly engine?: 'onnx' | 'tensorflow';
  readonly device?: string;
  readonly tolerance: number;
  readonly repair?: boolean;
  readonly json?: boolean;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('check all that a run stores; draw and score every elite again, from its directory alone')
    .argument('<run>', 'a run directory')
    .addOption(new Option('--engine <engine>', "default: the run's").choices(['onnx', 'tensorflow']))
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .option('--tolerance <c>', 'largest difference in confidence that passes', numberFromZero, 1e-4)
    .option('--repair', 'give cells that do not hold to the best of their history that does, or empty them')
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, flags: VerifyFlags) => verify(run, flags));
}

async function verify(path: string, flags: VerifyFlags): Promise<void> {
  const run = await openRunDirectory(path);
  checkRunSpec(run);
  // Nobody may write what is being mended.
  const lock =
    flags.repair && lockRun(run.path, { pid: process.pid, command: 'atoll verify', since: new Date() });
  try {
    const connection = openArchive(run.archiveFile, flags.repair ? 'write' : 'read');
    try {
      await verifyOpen(run, connection, flags);
    } finally {
      connection.close();
    }
  } finally {
    if (lock) lock.release();
  }
}

async function verifyOpen(run: RunDirectory, connection: Connection, flags: VerifyFlags): Promise<void> {
  const { spec, archiveFile, modelDirectory } = run;
  const inspection = inspectArchive(connection, archiveFile, spec);
  const { elites, faults } = inspection;
  listFaults(faults, say);
  const model = await resolveModel(modelDirectory, { longLabels: 'cut' });
  const modelKept = model.digest === spec.modelDigest;
  const engine = flags.engine ?? spec.engine;
  const classifier = await openClassifier(model, { engine, device: flags.device ?? spec.device });
  const findings: Findings = { outside: new Set(), worst: undefined };
  const meter = createMeter(() => performance.now(), IMAGES);
  const interruption = followInterruption();
  const parts = { drawer: loadDrawer(), classifier, views: spec.views };
  const tick = (done: number, total: number) => {
    if (interruption.signal.aborted) throw new InterruptedError('Interrupted. Nothing was changed.');
    meter.update(done, total);
  };
  let repair: RepairReport | undefined;
  try {
    let done = 0;
    for await (const rescored of rescore(elites, parts)) {
      take(findings, rescored, flags.tolerance);
      tick(++done, elites.length);
    }
    if (flags.repair && modelKept) {
      checkMendable(run, faults);
      const classes = new Set([...classesToMend(inspection), ...findings.outside]);
      const onCell = (count: number) => tick(count, classes.size);
      const chosen = await chooseHolders(inspection, classes, { ...parts, ...flags, onCell });
      const needed = faults.length > 0 || classes.size > 0;
      if (needed) repair = applyRepair(connection, inspection, chosen, { spec, time: Date.now() });
    }
    meter.done();
  } finally {
    interruption.release();
    await classifier.close();
  }
  const { worst } = findings;
  const outside = findings.outside.size;
  const result = {
    run: spec.name,
    elites: elites.length,
    tolerance: flags.tolerance,
    outside,
    largestDifference: worst?.difference ?? 0,
    worstClass: worst?.elite.classId ?? null,
    engine: classifier.engine,
    device: classifier.device,
    modelKept,
    faults: faultsInShort(faults),
    verified: outside === 0 && faults.length === 0 && modelKept,
    ...(repair && { repair }),
  };
  if (flags.json) printJson(result);
  else
    print(
      `${elites.length} elites drawn and scored again, ${elites.length - outside} of them within ${flags.tolerance}; ` +
        `largest difference ${result.largestDifference.toExponential(2)}`,
    );
  if (!modelKept) {
    throw new VerificationError(
      'ERR_MODEL_DIGEST',
      `The model in ${modelDirectory} is not the one that the run was made with. Restore the files that the run was started with.`,
    );
  }
  if (repair) {
    if (!flags.json) printRepair(repair);
    return;
  }
  const hint = repairHint(run.path);
  if (outside > 0) {
    throw new VerificationError(
      'ERR_VERIFY',
      `${outside} of ${elites.length} elites differ by more than ${flags.tolerance}, the worst (class ${result.worstClass}) by ${result.largestDifference}. Another engine or device may give slightly other figures, which --tolerance allows; larger differences mean that the archive or the network was changed. ${hint}.`,
    );
  }
  if (faults.length > 0) {
    const [first] = result.faults.first;
    const found = faults.length === 1 ? '1 fault' : `${faults.length} faults, the first of them`;
    throw new VerificationError('ERR_VERIFY', `${archiveFile} has ${found}: ${first}. ${hint}.`);
  }
}

/** The table of classes is the ground that all else stands on. */
function checkMendable({ archiveFile }: RunDirectory, faults: Inspection['faults']): void {
  const fault = faults.find(({ subject }) => subject === 'class');
  if (fault === undefined) return;
  throw new BadInputError({
    code: 'ERR_STORE_CORRUPT',
    problem: `${archiveFile} cannot be mended: ${fault.problem}`,
    fix: 'Restore it from a backup',
  });
}

interface Findings {
  /** Classes. */
  readonly outside: Set<number>;
  /** A difference that is no number is worse than any. */
  worst: Rescored | undefined;
}

function take(findings: Findings, rescored: Rescored, tolerance: number): void {
  const { difference } = rescored;
  // Written so that a difference that is no number counts as outside, and stays the worst.
  if (!(difference <= tolerance)) findings.outside.add(rescored.elite.classId);
  const worst = findings.worst?.difference ?? -1;
  if (!Number.isNaN(worst) && !(difference <= worst)) findings.worst = rescored;
}
