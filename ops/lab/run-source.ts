import { checkRunSpec } from '../../coordinator/checks/check-run.js';
import { readElites } from '../../coordinator/intake/restore.js';
import { checkReadableFile } from '../../coordinator/run/readable.js';
import { openRunDirectory, type RunDirectory } from '../../coordinator/run/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import type { StoreReader } from '../../coordinator/store/store.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { BadInputError } from '../../protocol/base/errors.js';
import {
  loadRunModel,
  type OpenedModel,
  type OpenOptions,
  openClassifier,
} from '../../worker/classifier/open.js';
import { furtherDirectory } from '../../worker/objective/directory.js';

/** A run that experiments are made with; it may go on meanwhile, and nothing of its archive is changed. */
export interface RunSource {
  readonly run: RunDirectory;
  readonly reader: StoreReader;
  /** Of filled cells, in class order. */
  readonly elites: readonly Elite[];
  /** The run's own network, on its own engine and device unless another is named. */
  openNetwork(options?: Partial<OpenOptions>): Promise<OpenedModel>;
  /** The further networks of its objective, in their order; none where it evolves against its model alone. */
  openFurther(): Promise<OpenedModel[]>;
  close(): void;
}

/** Opens a run directory. Rejects with a {@link BadInputError} when it is none, is damaged, or holds no elite yet. */
export async function openRunSource(path: string): Promise<RunSource> {
  const run = await openRunDirectory(path);
  checkRunSpec(run);
  checkReadableFile(run.archiveFile);
  const reader = openSqliteReader(run.archiveFile);
  try {
    const elites = readElites(reader);
    if (elites.length === 0) {
      throw new BadInputError({
        code: 'ERR_NO_ELITES',
        problem: `${path} holds no image yet`,
        fix: 'Let the run go on for a while, with `atoll up --resume`',
      });
    }
    return {
      run,
      reader,
      elites,
      async openNetwork({ engine = run.spec.engine, device = run.spec.device } = {}) {
        const loaded = await loadRunModel(run.modelDirectory, run.spec.modelDigest);
        return { model: loaded.model, classifier: await openClassifier(loaded, { engine, device }) };
      },
      async openFurther() {
        const { engine, device, objective } = run.spec;
        const opened: OpenedModel[] = [];
        for (const [place, digest] of objective.digests.entries()) {
          const loaded = await loadRunModel(furtherDirectory(run.modelDirectory, place), digest);
          opened.push({ model: loaded.model, classifier: await openClassifier(loaded, { engine, device }) });
        }
        return opened;
      },
      close: reader.close,
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}
