import { isElite } from '../../protocol/archive/elite.js';
import type { Connection, Value } from './connection.js';
import { describeGenome } from './describe-genome.js';
import { integer } from './rows.js';
import type { Jump, StoredGenome } from './store.js';

/** Writes all that won and what became of the cells, inside of a transaction. Ids follow the order that is given. */
export function writeHistory(
  connection: Connection,
  genomes: readonly StoredGenome[],
  jumps: readonly Jump[],
): void {
  /** Digests of what holds a cell when all is written, of those that are written: the last of each class. */
  const holders = new Set(
    new Map(jumps.map(({ elite }) => [elite.classId, elite.candidate.digest])).values(),
  );
  const ids = new Map<string, number>();
  const write = (genome: StoredGenome) => {
    const id = writeGenome(connection, genome, genome.encoding !== 'direct' || holders.has(genome.digest));
    ids.set(genome.digest, id);
    return id;
  };
  for (const genome of genomes) write(genome);
  const superseded = new Set<number>();
  for (const jump of jumps) {
    const { elite } = jump;
    const { digest } = elite.candidate;
    const genomeId =
      ids.get(digest) ?? (isElite(elite) ? write(describeGenome(elite.candidate)) : idOf(connection, digest));
    // The bytes of CPPNs stay.
    const direct = !(isElite(elite) && elite.candidate.genome.encoding === 'cppn');
    const before = direct ? holderOf(connection, elite.classId) : undefined;
    if (before !== undefined) superseded.add(before);
    writeJump(connection, jump, genomeId);
  }
  forgetBytes(connection, superseded);
}

function writeJump(connection: Connection, jump: Jump, genomeId: number): void {
  const { elite, previousConfidence, goalSwitch, evaluation, time } = jump;
  const { classId, confidence } = elite;
  const jumpId = insert(
    connection,
    `INSERT INTO jump (class_id, genome_id, confidence, previous_confidence, goal_switch, evaluation, time)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    classId,
    genomeId,
    confidence,
    previousConfidence ?? null,
    goalSwitch ? 1 : 0,
    evaluation,
    time,
  );
  connection.run(
    `INSERT INTO elite (class_id, jump_id, genome_id, confidence) VALUES (?, ?, ?, ?)
     ON CONFLICT (class_id) DO UPDATE SET
     jump_id = excluded.jump_id, genome_id = excluded.genome_id, confidence = excluded.confidence`,
    classId,
    jumpId,
    genomeId,
    confidence,
  );
}

function holderOf(connection: Connection, classId: number): number | undefined {
  const [row] = connection.rows('SELECT genome_id FROM elite WHERE class_id = ?', classId);
  return row && integer(row, 'genome_id');
}

function forgetBytes(connection: Connection, superseded: Iterable<number>): void {
  for (const id of superseded) {
    connection.run(
      'UPDATE genome SET bytes = NULL WHERE id = ? AND NOT EXISTS (SELECT 1 FROM elite WHERE genome_id = ?)',
      id,
      id,
    );
  }
}

/** The genome's id; it is stored unless it is there already, with its bytes if those are kept. */
function writeGenome(connection: Connection, genome: StoredGenome, keepsBytes: boolean): number {
  const { digest, encoding, size, nodes, connections, parent, island, evaluation } = genome;
  const key = Buffer.from(digest, 'hex');
  const bytes = keepsBytes ? (genome.bytes ?? null) : null;
  const id = connection.run(
    `INSERT INTO genome (digest, encoding, bytes, size, nodes, connections, parent, parent_class, island, evaluation)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING`,
    key,
    encoding,
    bytes,
    size,
    nodes ?? null,
    connections ?? null,
    parent ? Buffer.from(parent.digest, 'hex') : null,
    parent?.classId ?? null,
    island,
    evaluation,
  );
  if (id !== undefined) return id;
  if (bytes) connection.run('UPDATE genome SET bytes = ? WHERE digest = ? AND bytes IS NULL', bytes, key);
  return idOf(connection, digest);
}

function idOf(connection: Connection, digest: string): number {
  const [row] = connection.rows('SELECT id FROM genome WHERE digest = ?', Buffer.from(digest, 'hex'));
  if (row === undefined) throw new Error(`a jump to genome ${digest}, which is not stored`);
  return integer(row, 'id');
}

/** The id of the row that is inserted. */
function insert(connection: Connection, sql: string, ...values: readonly Value[]): number {
  const id = connection.run(sql, ...values);
  if (id === undefined) throw new Error(`nothing was inserted by ${sql}`);
  return id;
}
