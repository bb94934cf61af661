import type { Elite } from '../../protocol/archive/elite.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { checkReadable } from '../run/readable.js';
import { type Connection, connect } from '../store/connection.js';
import { blob, text } from '../store/rows.js';
import { checkIdentity } from '../store/sqlite-reader.js';
import { corrupt, explain } from '../store/store-errors.js';
import { type GenomeFault, genomeFaults, readRowsInside } from './archive-rows.js';
import { type ArchiveRows, compareJumps, type Fault, faultsOf, isSound, type JumpRow } from './invariants.js';
import { milestoneFaults } from './milestone-faults.js';

/** All that an archive holds and all that is wrong with it, found without the network. */
export interface Inspection {
  readonly rows: ArchiveRows;
  readonly faults: readonly (Fault | GenomeFault)[];
  /** What holds a cell by its last jump, where the image can still be drawn. */
  readonly elites: readonly Elite[];
  /** Of one class, all that can still be drawn, the best first. */
  drawable(classId: number): readonly (Elite & { readonly jump: JumpRow })[];
}

/** Opens an archive to look through it. Throws a {@link BadInputError} when it cannot be read. */
export function openArchive(path: string, mode: 'read' | 'write'): Connection {
  const connection = connect(path, mode);
  try {
    checkIdentity(connection, path);
    checkReadable(connection, path);
    const [row] = connection.rows('PRAGMA quick_check(1)');
    const verdict = row === undefined ? 'no verdict' : text(row, 'quick_check');
    // Rows that break a CHECK can still be read; the report names them.
    if (verdict !== 'ok' && !/CHECK constraint failed/.test(verdict))
      throw corrupt(path, `is damaged (${verdict.replaceAll('\n', ' ')})`);
    return connection;
  } catch (error) {
    connection.close();
    throw explain(error, path);
  }
}

/** Looks at every row and every genome. Genomes are read when they are asked for, as long as the connection is open. */
export function inspectArchive(connection: Connection, path: string, spec: RunSpec): Inspection {
  try {
    const { rows, held } = readHeld(connection);
    const inGenomes = genomeFaults(connection, spec);
    const spoilt = new Set(inGenomes.filter((fault) => fault.spoilt).map(({ id }) => id));
    const byClass = new Map<number, JumpRow[]>();
    for (const jump of rows.jumps) {
      const siblings = byClass.get(jump.classId);
      if (siblings === undefined) byClass.set(jump.classId, [jump]);
      else siblings.push(jump);
    }
    const canBeDrawn = (jump: JumpRow) => isSound(jump) && jump.hasBytes && !spoilt.has(jump.genomeId);
    const eliteOf = (jump: JumpRow) => ({ jump, ...readElite(connection, jump, held) });
    return {
      rows,
      faults: [...faultsOf(rows, spec.classes), ...inGenomes, ...milestoneFaults(connection)],
      elites: rows.classIds.flatMap((classId) => {
        const last = byClass.get(classId)?.at(-1);
        return last !== undefined && canBeDrawn(last) ? [eliteOf(last)] : [];
      }),
      drawable: (classId) => (byClass.get(classId) ?? []).filter(canBeDrawn).sort(compareJumps).map(eliteOf),
    };
  } catch (error) {
    throw explain(error, path);
  }
}

/**
 * All rows, and the bytes of the genomes that hold a cell, of one moment: in a run that goes on, a direct genome loses its
 * bytes with its last cell. The transaction is short, because a reader keeps the next run from opening the archive.
 */
function readHeld(connection: Connection): { rows: ArchiveRows; held: ReadonlyMap<number, Uint8Array> } {
  connection.exec('BEGIN');
  try {
    const rows = readRowsInside(connection, 'all');
    const last = new Map(rows.jumps.map((jump) => [jump.classId, jump]));
    const held = new Map<number, Uint8Array>();
    for (const { genomeId, hasBytes } of last.values()) {
      if (hasBytes) held.set(genomeId, readBytes(connection, genomeId));
    }
    return { rows, held };
  } finally {
    connection.exec('ROLLBACK');
  }
}

function readBytes(connection: Connection, genomeId: number): Uint8Array {
  const [row = {}] = connection.rows('SELECT bytes FROM genome WHERE id = ?', genomeId);
  return blob(row, 'bytes');
}

function readElite(
  connection: Connection,
  { classId, confidence, genomeId, digest = '' }: JumpRow,
  held: ReadonlyMap<number, Uint8Array>,
): Elite {
  const bytes = () => held.get(genomeId) ?? readBytes(connection, genomeId);
  return {
    classId,
    confidence,
    candidate: {
      digest,
      // Where it was born does not matter to its picture.
      evaluation: 0,
      island: 0,
      get bytes() {
        return bytes();
      },
      get genome() {
        return decodeGenome(bytes());
      },
    },
  };
}
