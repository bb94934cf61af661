import { messageOf } from '../../protocol/base/errors.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import { digestOf } from '../../protocol/encodings/digest.js';
import type { Connection } from '../store/connection.js';
import { blob, digest, integer, type SqlRow } from '../store/rows.js';
import type { Fault } from './invariants.js';

/** What is wrong with the images of the past that are kept in little; each is decoded. None where a file has none. */
export function milestoneFaults(connection: Connection): Fault[] {
  const [table] = connection.rows("SELECT 1 FROM sqlite_master WHERE name = 'milestone'");
  if (table === undefined) return [];
  const ids = connection.rows('SELECT id FROM milestone ORDER BY id').map((row) => integer(row, 'id'));
  const sql = `SELECT milestone.bytes, genome.digest, genome.size FROM milestone
    JOIN genome ON genome.id = milestone.genome_id WHERE milestone.id = ?`;
  return ids.flatMap((id) => {
    const [row] = connection.rows(sql, id);
    const problem = row === undefined ? 'its genome does not exist' : bytesProblem(row);
    return problem === undefined
      ? []
      : [{ subject: 'milestone' as const, id, problem: `milestone ${id}: ${problem}` }];
  });
}

function bytesProblem(row: SqlRow): string | undefined {
  const bytes = blob(row, 'bytes');
  try {
    decodeGenome(bytes);
  } catch (error) {
    return messageOf(error);
  }
  const whole = bytes.length === integer(row, 'size');
  return whole && digestOf(bytes) !== digest(row, 'digest')
    ? 'its digest is not that of its bytes'
    : undefined;
}
