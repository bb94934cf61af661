import type { Parent, Win } from '../../protocol/archive/elite.js';
import type { IslandState } from '../../protocol/base/states.js';
import type { Digest, Encoding } from '../../protocol/encodings/genome.js';
import type { Checkpoint } from '../../protocol/wire/messages.js';
import type { PastReader } from './past.js';

/**
 * The records of a run: its elites, every jump that led to them, all their ancestors, islands and events.
 * The sqlite adapter and the tests' one in memory pass one suite (test/coordinator/store-conformance.ts).
 */

/** One elite replaced in one cell, about to be stored. */
export interface Jump {
  /** A descent alone where a later jump of the same batch has taken the cell from it. */
  readonly elite: Win;
  /** Confidence of what held the cell before; absent when the cell was empty. */
  readonly previousConfidence?: number;
  readonly goalSwitch: boolean;
  /** Of the whole run: the island's at its birth, and what the others had done when the coordinator merged it. */
  readonly evaluation: number;
  /** The same in forward passes. */
  readonly cost: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface IslandRecord {
  readonly number: number;
  /** The worker that last held it. */
  readonly worker: string;
  readonly state: IslandState;
  readonly device: string;
  /** Where the island goes on; absent until its first message is stored. */
  readonly checkpoint?: Checkpoint;
}

/** An event of the run, for people to read. */
export interface StoredEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

/** A jump that a repair took out of the history, for its confidence did not hold: see `removed_jump`. */
export interface RemovedJump {
  readonly classId: number;
  readonly digest: Digest;
  readonly confidence: number;
}

/** What came to an island from another in the minute that begins at `time`, and how many cells it won there. */
export interface Migration {
  /** Milliseconds since 1970, of a whole minute: rows are few however often islands trade. */
  readonly time: number;
  readonly source: number;
  readonly island: number;
  /** Elites, one a class. */
  readonly moved: number;
  readonly won: number;
}

/** The rows of one transaction: all are written, or none. */
export interface Batch {
  /**
   * What won a cell of its island, in the order of winning, whether or not it won one of the run's. Bytes of direct
   * genomes are only asked for where they are kept. Whole elites of `jumps` may be left out here.
   */
  readonly genomes: readonly StoredGenome[];
  readonly jumps: readonly Jump[];
  readonly islands: readonly IslandRecord[];
  readonly events: readonly StoredEvent[];
  /** Added to what is stored of the same minute, source and island. */
  readonly migrations: readonly Migration[];
}

export interface StoredGenome {
  readonly digest: Digest;
  readonly encoding: Encoding;
  /** Canonical bytes. Absent for a direct genome that no longer holds a cell: those are too large to keep. */
  readonly bytes?: Uint8Array;
  /** Length of the canonical bytes. */
  readonly size: number;
  /** Of graphs only, inputs included. */
  readonly nodes?: number;
  /** Of graphs only. */
  readonly connections?: number;
  /** Absent for a random image. The parent was an elite of its island, and is stored too, but across a gap. */
  readonly parent?: Parent;
  /** Where it was born, and that island's evaluation count then. */
  readonly island: number;
  readonly evaluation: number;
}

export interface StoredJump {
  /** Ascending in the order of merging. */
  readonly id: number;
  readonly classId: number;
  readonly digest: Digest;
  readonly confidence: number;
  readonly previousConfidence?: number;
  readonly goalSwitch: boolean;
  /** Of the whole run, as in {@link Jump}. */
  readonly evaluation: number;
  /** Likewise; of jumps that an earlier Atoll stored, the forward passes of the run are spread evenly over its evaluations. */
  readonly cost: number;
  readonly time: number;
}

/** The jump that put an elite into its cell, with its genome, whose bytes are always there. */
export interface StoredElite {
  readonly jump: StoredJump;
  readonly genome: StoredGenome & { readonly bytes: Uint8Array };
}

/** Reading never disturbs a run that goes on, and sees only whole commits. */
export interface StoreReader extends PastReader {
  /** One label a class. */
  readonly labels: readonly string[];
  /** Of all classes, in their order, or of one. */
  elites(classId?: number): StoredElite[];
  /** Best confidence of every class, 0 where the cell is empty. */
  confidences(): Float32Array;
  /** Ascending by number. */
  islands(): IslandRecord[];
  /** Every jump, of one class or of all, in the order of merging; of one class, only the `last` ones where that is given. */
  history(classId?: number, last?: number): StoredJump[];
  genome(digest: Digest): StoredGenome | undefined;
  /** In the order stored. */
  events(): StoredEvent[];
  /** By time, source and island. */
  migrations(): Migration[];
  /** All that repairs removed so far. */
  removedJumps(): RemovedJump[];
  /** Safe to call twice. */
  close(): void;
}

export interface Store extends StoreReader {
  /**
   * Writes a batch durably, all of it or nothing. An island's older checkpoint never replaces a newer one. Throws a
   * {@link BadInputError} when the disk is full, and an Error, when a jump would lower its class's confidence.
   */
  commit(batch: Batch): void;
}

/**
 * Whether `next` is a later state of an island than `last`. Evaluations decide; between them only offspring that
 * express what their parents do can have passed, which are counted apart.
 */
export function isLater(next: Checkpoint, last: Checkpoint | undefined): boolean {
  if (last === undefined) return true;
  const ahead = next.totals.evaluations - last.totals.evaluations;
  return ahead > 0 || (ahead === 0 && next.totals.neutral > last.totals.neutral);
}
