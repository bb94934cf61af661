import { type Command, Option } from 'commander';
import { readElites } from '../../coordinator/restore.js';
import { openRunDirectory } from '../../coordinator/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { InterruptedError, VerificationError } from '../../protocol/errors.js';
import { openClassifier } from '../../worker/classifier/open.js';
import { resolveModel } from '../../worker/model/resolve.js';
import { type Rescored, rescore } from '../../worker/rescore.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, IMAGES } from '../cli/meter.js';
import { numberFromZero } from '../cli/numbers.js';
import { print, printJson } from '../cli/output.js';

interface VerifyFlags {
  readonly engine?: 'onnx' | 'tensorflow';
  readonly device?: string;
  readonly tolerance: number;
  readonly json?: boolean;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('draw and score every elite of a run again, from its directory alone, and compare')
    .argument('<run>', 'a run directory')
    .addOption(new Option('--engine <engine>', "default: the run's").choices(['onnx', 'tensorflow']))
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .option('--tolerance <c>', 'largest difference in confidence that passes', numberFromZero, 1e-4)
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, flags: VerifyFlags) => verify(run, flags));
}

async function verify(path: string, flags: VerifyFlags): Promise<void> {
  const { spec, archiveFile, modelDirectory } = await openRunDirectory(path);
  const elites = readArchive(archiveFile);
  const model = await resolveModel(modelDirectory, { longLabels: 'cut' });
  const engine = flags.engine ?? spec.engine;
  const classifier = await openClassifier(model, { engine, device: flags.device ?? spec.device });
  const findings: Findings = { outside: 0, worst: undefined };
  const meter = createMeter(() => performance.now(), IMAGES);
  const interruption = followInterruption();
  try {
    let done = 0;
    for await (const rescored of rescore(elites, { drawer: loadDrawer(), classifier, views: spec.views })) {
      if (interruption.signal.aborted) throw new InterruptedError('Interrupted. Nothing was found out.');
      take(findings, rescored, flags.tolerance);
      meter.update(++done, elites.length);
    }
    meter.done();
  } finally {
    interruption.release();
    await classifier.close();
  }
  const { outside, worst } = findings;
  const modelKept = model.digest === spec.modelDigest;
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
    verified: outside === 0 && modelKept,
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
  if (outside > 0) {
    throw new VerificationError(
      'ERR_VERIFY',
      `${outside} of ${elites.length} elites differ by more than ${flags.tolerance}, the worst (class ${result.worstClass}) by ${result.largestDifference}. Another engine or device may give slightly other figures, which --tolerance allows; larger differences mean that the archive or the network was changed.`,
    );
  }
}

function readArchive(path: string): Elite[] {
  const reader = openSqliteReader(path);
  try {
    return readElites(reader);
  } finally {
    reader.close();
  }
}

interface Findings {
  outside: number;
  /** A difference that is no number is worse than any. */
  worst: Rescored | undefined;
}

function take(findings: Findings, rescored: Rescored, tolerance: number): void {
  const { difference } = rescored;
  // Written so that a difference that is no number counts as outside, and stays the worst.
  if (!(difference <= tolerance)) findings.outside++;
  const worst = findings.worst?.difference ?? -1;
  if (!Number.isNaN(worst) && !(difference <= worst)) findings.worst = rescored;
}
