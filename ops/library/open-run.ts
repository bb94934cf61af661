import { basename } from 'node:path';
import { checkRunSpec } from '../../coordinator/checks/check-run.js';
import { readElites } from '../../coordinator/intake/restore.js';
import { openRunDirectory } from '../../coordinator/run/run-directory.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import type { StoredGenome, StoredJump, StoreReader } from '../../coordinator/store/store.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { type ArchiveSummary, summarise } from '../../protocol/archive/summary.js';
import type { Digest } from '../../protocol/encodings/genome.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { openRunClassifier } from '../../worker/classifier/open.js';
import { type ClassifierOptions, named, type OpenedClassifier } from './open-classifier.js';

/** A run directory, read. The run may go on meanwhile: each call sees what is stored at that moment. */
export interface Run extends Pick<StoreReader, 'islands' | 'events' | 'close'> {
  /** Absolute path of the directory. */
  readonly path: string;
  readonly created: Date;
  /** What the run is, every default filled in. */
  readonly spec: RunSpec;
  /** One a class. */
  readonly labels: readonly string[];
  /** The elite of each filled cell, in class order, with its genome. Classes that share a genome share a candidate. */
  elites(): Elite[];
  /** Coverage, median and the like. */
  summary(): ArchiveSummary;
  /**
   * Each time that an elite was replaced, of one class (0 … classes−1) or of all, oldest first. `evaluation` counts those
   * of the whole run; `time` is milliseconds since 1970.
   */
  history(classId?: number): StoredJump[];
  /** A genome that won a cell, with its parent: the way back to a random image. undefined: it is not stored. */
  genome(digest: Digest): StoredGenome | undefined;
  /**
   * Opens what the run scored with, from its `model/`: its network, or all of its objective, under the constraints of the run; default: on the engine and device of
   * the run.
   */
  openClassifier(options?: Pick<ClassifierOptions, 'engine' | 'device'>): Promise<OpenedClassifier>;
  /** Closes it: for `using`. */
  [Symbol.dispose](): void;
}

/**
 * Opens a run directory for reading; it needs no lock, and changes nothing. Rejects with a {@link BadInputError} when it
 * is no run, when it is damaged, or when its `run.yaml` was edited.
 *
 * @example
 * using run = await openRun('runs/digits-cppn-1');
 * for (const { classId, confidence } of run.elites()) console.log(run.labels[classId], confidence);
 */
export async function openRun(directory: string): Promise<Run> {
  const run = await openRunDirectory(directory);
  checkRunSpec(run);
  const { path, created, spec, modelDirectory } = run;
  const reader = openSqliteReader(run.archiveFile);
  const { labels } = reader;
  return {
    path,
    created,
    spec,
    labels,
    elites: () => readElites(reader),
    summary() {
      const confidences = reader.confidences();
      return summarise(confidences, reader.elites().length);
    },
    history: (classId) => reader.history(classId),
    genome: reader.genome,
    islands: reader.islands,
    events: reader.events,
    async openClassifier({ engine = spec.engine, device = spec.device } = {}) {
      const classifier = await openRunClassifier(modelDirectory, spec, { engine, device });
      return named(classifier, { name: basename(spec.model), labels });
    },
    close: reader.close,
    [Symbol.dispose]: reader.close,
  };
}
