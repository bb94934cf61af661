import type { Elite } from '../protocol/archive/elite.js';
import { decodeGenome } from '../protocol/genome/codec.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { type GenomeFault, genomeFaults, readRowsInside } from './archive-rows.js';
import { type ArchiveRows, compareJumps, type Fault, faultsOf, isSound, type JumpRow } from './invariants.js';
import { checkReadable } from './readable.js';
import { type Connection, connect } from './store/connection.js';
import { blob, text } from './store/rows.js';
import { checkIdentity } from './store/sqlite-reader.js';
import { corrupt, explain } from './store/store-errors.js';

/** All that an archive holds and all that is wrong with it, found without the network. */
export interface Inspection {
  readonly rows: ArchiveRows;
  readonly faults: readonly (Fault | GenomeFault)[];
  /** What holds a cell by its last jump, where the image can still be drawn. */
  readonly elites: readonly Elite[];
  /** Of one class, all that can still be drawn, the best first. */
  drawable(classId: number): readonly (Elite & { readonly jump: JumpRow })[];
}

/** Opens an archive to look through it, as it is at this moment or, to `write`, with the run's lock held. Throws a {@link BadInputError} when it cannot be read. */
export function openArchive(path: string, mode: 'read' | 'write'): Connection {
  const connection = connect(path, mode);
  try {
    // One moment of a run that goes on: its direct genomes lose their bytes when they lose their cells.
    if (mode === 'read') connection.exec('BEGIN');
    checkIdentity(connection, path);
    checkReadable(connection, path);
    const [row] = connection.rows('PRAGMA quick_check(1)');
    const verdict = row === undefined ? 'no verdict' : text(row, 'quick_check');
    // What a CHECK forbids is for the report: the rows themselves can be read.
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
    const rows = readRowsInside(connection, 'all');
    const inGenomes = genomeFaults(connection, spec);
    const spoilt = new Set(inGenomes.filter((fault) => fault.spoilt).map(({ id }) => id));
    const byClass = new Map<number, JumpRow[]>();
    for (const jump of rows.jumps) {
      const siblings = byClass.get(jump.classId);
      if (siblings === undefined) byClass.set(jump.classId, [jump]);
      else siblings.push(jump);
    }
    const canBeDrawn = (jump: JumpRow) => isSound(jump) && jump.hasBytes && !spoilt.has(jump.genomeId);
    const eliteOf = (jump: JumpRow) => ({ jump, ...readElite(connection, jump) });
    return {
      rows,
      faults: [...faultsOf(rows, spec.classes), ...inGenomes],
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

function readElite(connection: Connection, { classId, confidence, genomeId, digest = '' }: JumpRow): Elite {
  const bytes = () => {
    const [row = {}] = connection.rows('SELECT bytes FROM genome WHERE id = ?', genomeId);
    return blob(row, 'bytes');
  };
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
