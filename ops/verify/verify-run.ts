import { checkRunSpec } from '../../coordinator/checks/check-run.js';
import { type Inspection, inspectArchive, openArchive } from '../../coordinator/checks/inspect-archive.js';
import { applyRepair, classesToMend, type RepairReport } from '../../coordinator/checks/repair.js';
import { openRunDirectory, type RunDirectory } from '../../coordinator/run/run-directory.js';
import { lockRun } from '../../coordinator/run/run-lock.js';
import type { Connection } from '../../coordinator/store/connection.js';
import { BadInputError, InterruptedError } from '../../protocol/base/errors.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import type { EngineName } from '../../protocol/spec/engine-names.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { openScoring } from '../../worker/classifier/open.js';
import { createDrawnScorer } from '../../worker/drawn-scorer.js';
import { loadModel } from '../../worker/model/resolve.js';
import { type Rescored, rescore } from '../../worker/rescore.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, IMAGES } from '../cli/meter.js';
import { printJson, say } from '../cli/output.js';
import { chooseHolders } from './choose.js';
import {
  inShort,
  listFaults,
  printRepair,
  printScored,
  refuseUnverified,
  type Verification,
} from './report.js';

export interface VerifyFlags {
  readonly engine?: EngineName;
  readonly device?: string;
  readonly tolerance: number;
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** What `atoll verify` does. */
export async function verifyCommand(path: string, flags: VerifyFlags): Promise<void> {
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
  listFaults(inspection.faults, say);
  const loaded = await loadModel(modelDirectory, { longLabels: 'cut' });
  const modelKept = loaded.model.digest === spec.modelDigest;
  const engine = flags.engine ?? spec.engine;
  const device = flags.device ?? spec.device;
  const classifier = await openScoring(modelDirectory, loaded, spec, { engine, device });
  try {
    const mend = flags.repair === true && modelKept;
    const { findings, repair } = await scoreAgain({ run, connection, inspection, classifier, flags, mend });
    const { worst, outside } = findings;
    const verification: Verification = {
      run: spec.name,
      elites: inspection.elites.length,
      tolerance: flags.tolerance,
      outside: outside.size,
      largestDifference: worst?.difference ?? 0,
      worstClass: worst?.elite.classId ?? null,
      engine: classifier.engine,
      device: classifier.device,
      modelKept,
      faults: inspection.faults,
      ...(repair && { repair }),
    };
    if (flags.json) printJson(inShort(verification));
    else printScored(verification);
    if (!modelKept || repair === undefined) refuseUnverified(verification, run);
    else if (!flags.json) printRepair(repair);
  } finally {
    await classifier.close();
  }
}

interface Findings {
  /** Classes. */
  readonly outside: Set<number>;
  /** A difference that is no number is worse than any. */
  worst: Rescored | undefined;
}

/** Scores every elite again and, if it is to `mend`, gives the cells that do not hold to what does. */
async function scoreAgain(parts: {
  readonly run: RunDirectory;
  readonly connection: Connection;
  readonly inspection: Inspection;
  readonly classifier: Classifier;
  readonly flags: VerifyFlags;
  readonly mend: boolean;
}): Promise<{ readonly findings: Findings; readonly repair: RepairReport | undefined }> {
  const { run, connection, inspection, classifier, flags, mend } = parts;
  const { spec } = run;
  const { elites, faults } = inspection;
  const findings: Findings = { outside: new Set(), worst: undefined };
  const meter = createMeter(() => performance.now(), IMAGES);
  const interruption = followInterruption();
  const scorer = createDrawnScorer({ drawer: loadDrawer(), classifier, views: spec.views });
  const tick = (done: number, total: number) => {
    if (interruption.signal.aborted) throw new InterruptedError('Interrupted. Nothing was changed.');
    meter.update(done, total);
  };
  try {
    let done = 0;
    for await (const rescored of rescore(elites, scorer)) {
      take(findings, rescored, flags.tolerance);
      tick(++done, elites.length);
    }
    let repair: RepairReport | undefined;
    if (mend) {
      checkMendable(run, faults);
      const classes = new Set([...classesToMend(inspection), ...findings.outside]);
      const onCell = (count: number) => tick(count, classes.size);
      const chosen = await chooseHolders(inspection, classes, { scorer, ...flags, onCell });
      const needed = faults.length > 0 || classes.size > 0;
      if (needed) repair = applyRepair(connection, inspection, chosen, { spec, time: Date.now() });
    }
    meter.done();
    return { findings, repair };
  } finally {
    interruption.release();
  }
}

/** The table of classes is the ground that all else stands on. */
function checkMendable({ archiveFile }: RunDirectory, faults: Inspection['faults']): void {
  const fault = faults.find(({ subject }) => subject === 'class');
  if (fault === undefined) return;
  throw new BadInputError({
    code: 'ERR_STORE_CORRUPT',
    problem: `${archiveFile} cannot be repaired: ${fault.problem}`,
    fix: 'Restore it from a backup',
  });
}

function take(findings: Findings, rescored: Rescored, tolerance: number): void {
  const { difference } = rescored;
  // Written so that a difference that is no number counts as outside, and stays the worst.
  if (!(difference <= tolerance)) findings.outside.add(rescored.elite.classId);
  const worst = findings.worst?.difference ?? -1;
  if (!Number.isNaN(worst) && !(difference <= worst)) findings.worst = rescored;
}
