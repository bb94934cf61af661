import { InvalidGenomeError } from '../../protocol/encodings/faults.js';
import { miniatureOf } from '../../protocol/encodings/miniature.js';
import type { Connection } from './connection.js';
import { hasRoom, milestoneOf } from './milestones.js';
import { blob, integer, optional } from './rows.js';

/** What holds a cell that something better is about to take. */
export interface Holder {
  readonly classId: number;
  readonly genomeId: number;
  readonly confidence: number;
}

/** Keeps the miniatures of those that were the first of their class to reach a milestone, inside of a transaction. */
export function keepMilestones(connection: Connection, superseded: readonly Holder[]): void {
  for (const { classId, genomeId, confidence } of superseded) {
    const step = milestoneOf(confidence);
    if (step <= lastStep(connection, classId)) continue;
    const [row] = connection.rows('SELECT bytes FROM genome WHERE id = ?', genomeId);
    const bytes = row && optional(blob, row, 'bytes');
    const miniature = bytes && miniatureIfSound(bytes);
    if (miniature === undefined || !hasRoom(countOf(connection), miniature.length)) continue;
    connection.run(
      'INSERT INTO milestone (class_id, step, genome_id, bytes) VALUES (?, ?, ?, ?)',
      classId,
      step,
      genomeId,
      miniature,
    );
  }
}

/** A run goes on where bytes of its past were damaged on the disk. */
function miniatureIfSound(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return miniatureOf(bytes);
  } catch (error) {
    if (error instanceof InvalidGenomeError) return undefined;
    throw error;
  }
}

/** -1: none is kept of the class. */
function lastStep(connection: Connection, classId: number): number {
  const sql = 'SELECT max(step) AS step FROM milestone WHERE class_id = ?';
  const [row] = connection.rows(sql, classId);
  return (row && optional(integer, row, 'step')) ?? -1;
}

function countOf(connection: Connection): number {
  const [row] = connection.rows('SELECT count(*) AS count FROM milestone');
  return row === undefined ? 0 : integer(row, 'count');
}
