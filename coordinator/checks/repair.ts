import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { COUNTERS } from '../../protocol/wire/totals.js';
import type { Connection } from '../store/connection.js';
import { genomeFaults, readRowsInside } from './archive-rows.js';
import type { Inspection } from './inspect-archive.js';
import { type EliteRow, faultsOf, historyUpTo, isSound, type JumpRow } from './invariants.js';
import { milestoneFaults } from './milestone-faults.js';

/** A cell before and after a repair. A confidence is null where the cell is empty. */
export interface MendedCell {
  readonly classId: number;
  readonly before: number | null;
  readonly after: number | null;
}

/** What a repair changed. */
export interface RepairReport {
  readonly cells: readonly MendedCell[];
  /** Jumps that were taken out of the history; the table `removed_jump` has them. */
  readonly removedJumps: number;
  /** Genomes whose bytes were no genome of the run, and were dropped. */
  readonly genomes: number;
  /** Islands that start again from the archive, because their checkpoints were broken. */
  readonly islands: readonly number[];
}

/** Rows that a repair removed from the history stay in this table, as they were found. */
const REMOVED = `CREATE TABLE IF NOT EXISTS removed_jump (id INTEGER, class_id INTEGER, genome_id INTEGER,
  confidence REAL, previous_confidence REAL, goal_switch INTEGER, evaluation INTEGER, time INTEGER, removed INTEGER)`;
const COLUMNS = 'id, class_id, genome_id, confidence, previous_confidence, goal_switch, evaluation, time';

const NO_CHECKPOINT = [...COUNTERS.map(({ column }) => column), 'random', 'emitter']
  .map((column) => `${column} = NULL`)
  .join(', ');

/** The classes whose cells cannot stay as they are, those of jumps that have no class of the run among them. */
export function classesToMend({ rows, faults }: Inspection): Set<number> {
  const jumps = new Map(rows.jumps.map((jump) => [jump.id, jump]));
  const spoilt = new Set(faults.filter((fault) => 'spoilt' in fault && fault.spoilt).map(({ id }) => id));
  const last = new Map(rows.jumps.map((jump) => [jump.classId, jump]));
  const classes = new Set<number>();
  for (const { subject, id } of faults) {
    if (subject === 'elite') classes.add(id);
    const jump = subject === 'jump' ? jumps.get(id) : undefined;
    if (jump) classes.add(jump.classId);
  }
  for (const [classId, { genomeId }] of last) if (spoilt.has(genomeId)) classes.add(classId);
  return classes;
}

/**
 * Gives cells to the jumps in `chosen` (undefined: empties them) and takes out of the history what led past them, mends
 * genomes and islands, and stores an event, all in one transaction. Nothing is written when a fault would be left.
 */
export function applyRepair(
  connection: Connection,
  inspection: Inspection,
  chosen: ReadonlyMap<number, JumpRow | undefined>,
  { spec, time }: { readonly spec: RunSpec; readonly time: number },
): RepairReport {
  const { rows, faults } = inspection;
  const spoilt = faults.filter(({ subject }) => subject === 'genome');
  const islands = faults.filter(({ subject }) => subject === 'island').map(({ id }) => id);
  let removedJumps = 0;
  const cells: MendedCell[] = [];
  connection.transaction(() => {
    connection.exec(REMOVED);
    for (const [classId, jump] of chosen) {
      const elite = rows.elites.find((each) => each.classId === classId);
      removedJumps += mendCell(connection, classId, jump, rows.jumps, time);
      cells.push(mendedCell(classId, elite, jump));
    }
    for (const fault of spoilt) {
      const bytes = 'spoilt' in fault && fault.spoilt ? ', bytes = NULL' : '';
      connection.run(`UPDATE genome SET encoding = ?${bytes} WHERE id = ?`, spec.encoding, fault.id);
    }
    for (const { subject, id } of faults) {
      if (subject === 'milestone') connection.run('DELETE FROM milestone WHERE id = ?', id);
    }
    for (const number of islands) {
      connection.run(`UPDATE island SET state = 'lost', ${NO_CHECKPOINT} WHERE number = ?`, number);
    }
    const detail = {
      cells: cells.length,
      emptied: cells.filter(({ after }) => after === null).length,
      removedJumps,
      genomes: spoilt.length,
      islands: islands.length,
    };
    connection.run(
      'INSERT INTO event (time, kind, detail) VALUES (?, ?, ?)',
      time,
      'repaired',
      JSON.stringify(detail),
    );
    const [left] = [
      ...faultsOf(readRowsInside(connection, 'all'), spec.classes),
      ...genomeFaults(connection, spec),
      ...milestoneFaults(connection),
    ];
    if (left !== undefined) throw new Error(`a repair would leave a fault: ${left.problem}`);
  });
  return { cells, removedJumps, genomes: spoilt.length, islands };
}

function mendedCell(classId: number, elite: EliteRow | undefined, jump: JumpRow | undefined): MendedCell {
  return { classId, before: elite?.confidence ?? null, after: jump?.confidence ?? null };
}

/** The number of jumps that were taken out. */
function mendCell(
  connection: Connection,
  classId: number,
  chosen: JumpRow | undefined,
  all: readonly JumpRow[],
  time: number,
): number {
  const jumps = all.filter((jump) => jump.classId === classId);
  const kept = historyUpTo(chosen, jumps, isSound);
  const stays = new Set(kept.map(({ id }) => id));
  const removed = jumps.filter(({ id }) => !stays.has(id));
  connection.run('DELETE FROM elite WHERE class_id = ?', classId);
  for (const { id } of removed) {
    connection.run(
      `INSERT INTO removed_jump (${COLUMNS}, removed) SELECT ${COLUMNS}, ? FROM jump WHERE id = ?`,
      time,
      id,
    );
    // Other rows that still refer to it are broken, and are repaired with their own class.
    connection.run('DELETE FROM elite WHERE jump_id = ?', id);
    connection.run('DELETE FROM jump WHERE id = ?', id);
  }
  if (removed.length > 0) {
    kept.forEach(({ id }, i) => {
      connection.run(
        'UPDATE jump SET previous_confidence = ? WHERE id = ?',
        kept[i - 1]?.confidence ?? null,
        id,
      );
    });
  }
  if (chosen !== undefined) {
    connection.run(
      'INSERT INTO elite (class_id, jump_id, genome_id, confidence) VALUES (?, ?, ?, ?)',
      classId,
      chosen.id,
      chosen.genomeId,
      chosen.confidence,
    );
  }
  return removed.length;
}
