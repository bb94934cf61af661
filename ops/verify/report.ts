import { repairHint } from '../../coordinator/checks/check-run.js';
import type { Fault } from '../../coordinator/checks/invariants.js';
import type { RepairReport } from '../../coordinator/checks/repair.js';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import { VerificationError } from '../../protocol/base/errors.js';
import { print } from '../cli/output.js';

/** Faults that are listed; the others are counted. */
const LISTED = 20;

/** Says what is broken, a line each. */
export function listFaults(
  faults: readonly { readonly problem: string }[],
  say: (line: string) => void,
): void {
  for (const { problem } of faults.slice(0, LISTED)) say(problem);
  if (faults.length > LISTED) say(`… and ${faults.length - LISTED} more`);
}

/** What a verification found. */
export interface Verification {
  readonly run: string;
  readonly elites: number;
  readonly tolerance: number;
  /** Elites whose confidence differs by more than the tolerance. */
  readonly outside: number;
  readonly largestDifference: number;
  readonly worstClass: number | null;
  readonly engine: string;
  readonly device: string;
  /** Whether the model is the one that the run was made with. */
  readonly modelKept: boolean;
  readonly faults: readonly Fault[];
  readonly repair?: RepairReport;
}

/** For JSON: of the faults all are counted, and the first ones are in words. */
export function inShort({ faults, repair, ...found }: Verification) {
  return {
    ...found,
    faults: { count: faults.length, first: faults.slice(0, LISTED).map(({ problem }) => problem) },
    verified: found.outside === 0 && faults.length === 0 && found.modelKept,
    ...(repair && { repair }),
  };
}

/** The result of a verification, as text. */
export function printScored({ elites, outside, tolerance, largestDifference }: Verification): void {
  print(
    `${elites} elites drawn and scored again, ${elites - outside} of them within ${tolerance}; ` +
      `largest difference ${largestDifference.toExponential(2)}`,
  );
}

/** Throws a {@link VerificationError} for a run that is not what it claims to be. */
export function refuseUnverified(found: Verification, run: RunDirectory): void {
  const { outside, elites, tolerance, worstClass, largestDifference, faults } = found;
  if (!found.modelKept) {
    throw new VerificationError(
      'ERR_MODEL_DIGEST',
      `The model in ${run.modelDirectory} is not the one that the run was made with. Restore the files that the run was started with.`,
    );
  }
  const hint = repairHint(run.path);
  if (outside > 0) {
    throw new VerificationError(
      'ERR_VERIFY',
      `${outside} of ${elites} elites differ by more than ${tolerance}, the worst (class ${worstClass}) by ${largestDifference}. Another engine or device may give slightly other figures, which --tolerance allows; larger differences mean that the archive or the network was changed. ${hint}.`,
    );
  }
  const [first] = faults;
  if (first === undefined) return;
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults, the first of them`;
  throw new VerificationError('ERR_VERIFY', `${run.archiveFile} has ${count}: ${first.problem}. ${hint}.`);
}

/** The report of a repair, as text. */
export function printRepair({ cells, removedJumps, genomes, islands }: RepairReport): void {
  for (const { classId, before, after } of cells) {
    print(`class ${classId}: ${before ?? 'empty'} → ${after ?? 'empty'}`);
  }
  print(
    `repaired: ${cells.length} cells mended, ${removedJumps} jumps moved to the table removed_jump, ` +
      `${genomes} genomes and ${islands.length} islands reset`,
  );
}
