import type { RepairReport } from '../../coordinator/repair.js';
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

/** What JSON says of the faults: all of them counted, the first ones in words. */
export function faultsInShort(faults: readonly { readonly problem: string }[]) {
  return { count: faults.length, first: faults.slice(0, LISTED).map(({ problem }) => problem) };
}

/** The report of a repair, for a person. */
export function printRepair({ cells, removedJumps, genomes, islands }: RepairReport): void {
  for (const { classId, before, after } of cells) {
    print(`class ${classId}: ${before ?? 'empty'} → ${after ?? 'empty'}`);
  }
  print(
    `repaired: ${cells.length} cells mended, ${removedJumps} jumps moved to the table removed_jump, ` +
      `${genomes} genomes and ${islands.length} islands reset`,
  );
}
