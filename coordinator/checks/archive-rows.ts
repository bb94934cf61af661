import { messageOf } from '../../protocol/base/errors.js';
import { ISLAND_STATES } from '../../protocol/base/states.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import { digestOf } from '../../protocol/encodings/digest.js';
import { misfit, otherEncoding } from '../../protocol/encodings/misfit.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { COUNTERS } from '../../protocol/wire/totals.js';
import type { Connection } from '../store/connection.js';
import { blob, digest, integer, optional, type Row, real, text } from '../store/rows.js';
import type { ArchiveRows, EliteRow, Fault, IslandRow, JumpRow } from './invariants.js';

/** Genomes in memory at a time: direct ones are hundreds of kilobytes. */
const CHUNK = 32;

const JUMPS = `SELECT jump.id, jump.class_id, jump.genome_id, jump.confidence, genome.digest,
  genome.bytes IS NOT NULL AS has_bytes FROM jump LEFT JOIN genome ON genome.id = jump.genome_id`;

/** The jumps that the cells rest on: quick, however long the history is. */
const HEADS = `WHERE jump.id IN (SELECT max(id) FROM jump GROUP BY class_id)
  OR jump.id IN (SELECT jump_id FROM elite)`;

/** All rows at one moment, beside a run that goes on too. `heads`: only the jumps that cells rest on. */
export function readArchiveRows(connection: Connection, which: 'heads' | 'all'): ArchiveRows {
  connection.exec('BEGIN');
  try {
    return readRowsInside(connection, which);
  } finally {
    connection.exec('ROLLBACK');
  }
}

/** The same inside of a transaction that there is already. */
export function readRowsInside(connection: Connection, which: 'heads' | 'all'): ArchiveRows {
  const jumps = `${JUMPS} ${which === 'heads' ? HEADS : ''} ORDER BY jump.id`;
  return {
    classIds: connection.rows('SELECT id FROM class ORDER BY id').map((row) => integer(row, 'id')),
    elites: connection.rows('SELECT * FROM elite ORDER BY class_id').map(readElite),
    jumps: connection.rows(jumps).map(readJump),
    islands: connection.rows('SELECT * FROM island ORDER BY number').map(readIsland),
  };
}

function readElite(row: Row): EliteRow {
  return {
    classId: integer(row, 'class_id'),
    jumpId: integer(row, 'jump_id'),
    genomeId: integer(row, 'genome_id'),
    confidence: real(row, 'confidence'),
  };
}

function readJump(row: Row): JumpRow {
  const found = optional(digest, row, 'digest');
  return {
    id: integer(row, 'id'),
    classId: integer(row, 'class_id'),
    genomeId: integer(row, 'genome_id'),
    confidence: real(row, 'confidence'),
    ...(found !== undefined && { digest: found }),
    hasBytes: integer(row, 'has_bytes') === 1,
  };
}

function readIsland(row: Row): IslandRow {
  const random = optional(blob, row, 'random');
  return {
    number: integer(row, 'number'),
    ...(random && { randomBytes: random.length }),
    totals: COUNTERS.map(({ column, unit }) =>
      column in row ? optional(unit === 'count' ? integer : real, row, column) : 0,
    ),
    stateKnown: ISLAND_STATES.some((state) => state === text(row, 'state')),
  };
}

/** Something wrong with a stored genome. `spoilt`: its image cannot be had any more. */
export interface GenomeFault extends Fault {
  readonly subject: 'genome';
  readonly spoilt: boolean;
}

/** What is wrong with the stored genomes of a run; each is decoded, a few at a time. */
export function genomeFaults(connection: Connection, spec: RunSpec): GenomeFault[] {
  const faults: GenomeFault[] = [];
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = connection.rows(
      'SELECT id, digest, encoding, bytes FROM genome WHERE id > ? ORDER BY id LIMIT ?',
      after,
      CHUNK,
    );
    for (const row of rows) {
      after = integer(row, 'id');
      const inBytes = bytesProblem(row, spec);
      const problem = inBytes ?? otherEncoding(text(row, 'encoding'), spec);
      if (problem === undefined) continue;
      const spoilt = inBytes !== undefined;
      faults.push({ subject: 'genome', id: after, problem: `genome ${after}: ${problem}`, spoilt });
    }
    if (rows.length < CHUNK) return faults;
  }
}

function bytesProblem(row: Row, spec: RunSpec): string | undefined {
  const bytes = optional(blob, row, 'bytes');
  if (bytes === undefined) return undefined;
  if (digestOf(bytes) !== digest(row, 'digest')) return 'its digest is not that of its bytes';
  try {
    return misfit(decodeGenome(bytes), shapeOf(spec));
  } catch (error) {
    return messageOf(error);
  }
}
