import { type Command, Option } from 'commander';
import { readElites } from '../../coordinator/restore.js';
import { openRunDirectory } from '../../coordinator/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { VerificationError } from '../../protocol/errors.js';
import { openClassifier } from '../../worker/classifier/open.js';
import { resolveModel } from '../../worker/model/resolve.js';
import { type Rescored, rescore } from '../../worker/rescore.js';
import { finiteNumber } from '../cli/numbers.js';
import { print, printJson } from '../cli/output.js';
import { createProgressLine } from '../cli/progress.js';

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
    .option('--tolerance <c>', 'largest difference in confidence that passes', finiteNumber, 1e-4)
    .option('--json', 'print the result as one line of JSON')
    .action(async (run: string, flags: VerifyFlags) => verify(run, flags));
}

async function verify(path: string, flags: VerifyFlags): Promise<void> {
  const { spec, archiveFile, modelDirectory } = await openRunDirectory(path);
  const reader = openSqliteReader(archiveFile);
  try {
    const elites = readElites(reader);
    const model = await resolveModel(modelDirectory);
    const engine = flags.engine ?? spec.engine;
    const classifier = await openClassifier(model, { engine, device: flags.device ?? spec.device });
    const progress = createProgressLine(() => performance.now());
    let worst: Rescored | undefined;
    let outside = 0;
    let done = 0;
    try {
      for await (const rescored of rescore(elites, { drawer: loadDrawer(), classifier, views: spec.views })) {
        // Written so that a confidence that is no number counts as outside.
        if (!(rescored.difference <= flags.tolerance)) outside++;
        if (worst === undefined || !(rescored.difference <= worst.difference)) worst = rescored;
        progress.update(`${++done} of ${elites.length} elites drawn and scored again`);
      }
    } finally {
      progress.done();
      await classifier.close();
    }
    const modelKept = model.digest === spec.modelDigest;
    const result = {
      run: spec.name,
      elites: elites.length,
      tolerance: flags.tolerance,
      outside,
      largestDifference: worst?.difference ?? 0,
      worstClass: worst?.elite.classId ?? null,
      modelKept,
      verified: outside === 0 && modelKept,
    };
    if (flags.json) printJson(result);
    else
      print(
        `${elites.length} elites scored again; largest difference ${result.largestDifference.toExponential(2)}`,
      );
    if (!modelKept) {
      throw new VerificationError(
        'ERR_MODEL_DIGEST',
        `the model in ${modelDirectory} is not the one that the run was made with`,
      );
    }
    if (outside > 0) {
      throw new VerificationError(
        'ERR_VERIFY',
        `${outside} of ${elites.length} elites differ by more than ${flags.tolerance}, the worst (class ${result.worstClass}) by ${result.largestDifference}`,
      );
    }
  } finally {
    reader.close();
  }
}
