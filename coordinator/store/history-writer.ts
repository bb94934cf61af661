import { isElite } from '../../protocol/archive/elite.js';
import type { Digest, Encoding } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import type { Connection, Value } from './connection.js';
import { describeGenome } from './describe-genome.js';
import { insertionInto, insertRows } from './insert-rows.js';
import { lowered } from './lowered.js';
import { type Holder, keepMilestones } from './milestone-writer.js';
import { integer, real } from './rows.js';
import type { Jump, StoredGenome } from './store.js';

const GENOMES = insertionInto(
  'genome',
  [
    ...['digest', 'encoding', 'bytes', 'size', 'nodes', 'connections'],
    ...['parent', 'parent_class', 'island', 'evaluation'],
  ],
  'ON CONFLICT (digest) DO NOTHING',
);

const JUMPS = insertionInto('jump', [
  'class_id',
  'genome_id',
  'confidence',
  'previous_confidence',
  'goal_switch',
  'evaluation',
  'cost',
  'time',
]);

const ELITES = insertionInto(
  'elite',
  ['class_id', 'jump_id', 'genome_id', 'confidence'],
  `ON CONFLICT (class_id) DO UPDATE SET
   jump_id = excluded.jump_id, genome_id = excluded.genome_id, confidence = excluded.confidence`,
);

/** Writes all that won and what became of the cells, inside of a transaction. Ids follow the order that is given. */
export function writeHistory(
  connection: Connection,
  genomes: readonly StoredGenome[],
  jumps: readonly Jump[],
): void {
  refuseLowered(jumps);
  /** What holds a cell when all is written, of what is written: the last of each class. */
  const last = new Map(jumps.map((jump, place) => [jump.elite.classId, place]));
  const holders = new Set([...last.values()].map((place) => jumps[place]?.elite.candidate.digest));
  const ids = writeGenomes(connection, toWrite(genomes, jumps), holders);
  const genomeIds = jumps.map(({ elite: { candidate } }) => {
    return ids.get(candidate.digest) ?? idOf(connection, candidate.digest);
  });
  const superseded = holdersToForget(connection, jumps);
  keepMilestones(connection, superseded);
  const rows: Value[] = [];
  jumps.forEach(({ elite, previousConfidence, goalSwitch, evaluation, cost, time }, place) => {
    rows.push(elite.classId, genomeIds[place] ?? null, elite.confidence, previousConfidence ?? null);
    rows.push(goalSwitch ? 1 : 0, evaluation, cost, time);
  });
  const jumpIds = insertRows(connection, JUMPS, rows);
  const cells: Value[] = [];
  for (const [classId, place] of last) {
    cells.push(classId, jumpIds[place] ?? null, genomeIds[place] ?? null);
    cells.push(jumps[place]?.elite.confidence ?? null);
  }
  insertRows(connection, ELITES, cells);
  forgetBytes(
    connection,
    superseded.map(({ genomeId }) => genomeId),
  );
}

/** Between two jumps of a class; the table's trigger compares the first with what is stored. */
function refuseLowered(jumps: readonly Jump[]): void {
  const best = new Map<number, number>();
  for (const { elite } of jumps) {
    if (elite.confidence < (best.get(elite.classId) ?? 0)) throw lowered(elite.classId);
    best.set(elite.classId, elite.confidence);
  }
}

/** Each genome that is to be stored once, with its bytes if any of those given has them. */
function toWrite(genomes: readonly StoredGenome[], jumps: readonly Jump[]): Map<Digest, StoredGenome> {
  const known = new Map<Digest, StoredGenome>();
  for (const genome of genomes) {
    const before = known.get(genome.digest);
    if (before === undefined) known.set(genome.digest, genome);
    // Bytes are only asked for when they are needed: some candidates make them each time.
    else if (!('bytes' in before) && genome.bytes)
      known.set(genome.digest, { ...before, bytes: genome.bytes });
  }
  for (const { elite } of jumps) {
    const { candidate } = elite;
    if (isElite(elite) && !known.has(candidate.digest)) {
      known.set(candidate.digest, describeGenome(elite.candidate));
    }
  }
  return known;
}

/** Ids by digest; a genome is stored unless it is there already, with its bytes if those are kept. */
function writeGenomes(
  connection: Connection,
  genomes: ReadonlyMap<Digest, StoredGenome>,
  holders: ReadonlySet<Digest | undefined>,
): Map<Digest, number> {
  const rows: Value[] = [];
  for (const genome of genomes.values()) {
    // The bytes of others stay.
    pushRow(rows, genome, !isForgotten(genome.encoding) || holders.has(genome.digest));
  }
  const ids = insertRows(connection, GENOMES, rows);
  const known = new Map<Digest, number>();
  let place = 0;
  for (const digest of genomes.keys()) {
    const bytes = rows[place * GENOMES.width + BYTES] ?? null;
    const id = ids[place++];
    known.set(digest, id ?? idOf(connection, digest));
    if (id === undefined && bytes) {
      connection.run(
        'UPDATE genome SET bytes = ? WHERE digest = ? AND bytes IS NULL',
        bytes,
        Buffer.from(digest, 'hex'),
      );
    }
  }
  return known;
}

/** The place of the bytes among the columns of {@link GENOMES}. */
const BYTES = 2;

function pushRow(rows: Value[], genome: StoredGenome, keepsBytes: boolean): void {
  const { digest, encoding, size, nodes, connections, parent, island, evaluation } = genome;
  const bytes = keepsBytes ? (genome.bytes ?? null) : null;
  rows.push(Buffer.from(digest, 'hex'), encoding, bytes, size, nodes ?? null, connections ?? null);
  rows.push(parent ? Buffer.from(parent.digest, 'hex') : null, parent?.classId ?? null, island, evaluation);
}

function idOf(connection: Connection, digest: Digest): number {
  const [row] = connection.rows('SELECT id FROM genome WHERE digest = ?', Buffer.from(digest, 'hex'));
  if (row === undefined) throw new Error(`a jump to genome ${digest}, which is not stored`);
  return integer(row, 'id');
}

/** Whether a genome of this encoding is kept by its digest alone once it holds no cell. */
function isForgotten(encoding: Encoding): boolean {
  return encodingOf(encoding).format.keeping.superseded === 'digest';
}

/** What holds the cells that such genomes are about to take; a descent alone is always of one. */
function holdersToForget(connection: Connection, jumps: readonly Jump[]): Holder[] {
  const taking = jumps.filter(({ elite }) => !isElite(elite) || isForgotten(elite.candidate.genome.encoding));
  const classes = new Set(taking.map(({ elite }) => elite.classId));
  return [...classes].flatMap((classId) =>
    connection.rows('SELECT genome_id, confidence FROM elite WHERE class_id = ?', classId).map((row) => ({
      classId,
      genomeId: integer(row, 'genome_id'),
      confidence: real(row, 'confidence'),
    })),
  );
}

function forgetBytes(connection: Connection, superseded: readonly number[]): void {
  for (const id of superseded) {
    connection.run(
      'UPDATE genome SET bytes = NULL WHERE id = ? AND NOT EXISTS (SELECT 1 FROM elite WHERE genome_id = ?)',
      id,
      id,
    );
  }
}
