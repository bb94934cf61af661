import type { Archive, MergeStatus } from '../../protocol/archive/archive.js';
import { createCandidate, isSameGenome } from '../../protocol/archive/candidate.js';
import type { Candidate, Elite } from '../../protocol/archive/elite.js';
import { worthOf } from '../emitter/log-odds.js';
import type { Counting, Evaluated } from './evaluation.js';

/**
 * Compares an image with all C cells: that is what lets one lineage switch goals. Adds what it `won` to the list, in
 * order, and counts it. Returns the best status that it reached, and what it is worth: the gain in log-odds over all cells.
 */
export function insert(
  evaluated: Evaluated,
  into: { readonly archive: Archive; readonly island: number; readonly totals: Counting },
  won: Elite[],
): { readonly status: MergeStatus; readonly improvement: number } {
  const { archive, island, totals } = into;
  const { offspring, confidences } = evaluated;
  let candidate: Candidate | undefined;
  let best: MergeStatus = 'not-added';
  let improvement = 0;
  for (let classId = 0; classId < archive.classes; classId++) {
    const confidence = confidences[classId] ?? Number.NaN;
    // False for NaN too, and settles all but ties without an elite or a digest being made.
    if (!(confidence >= (archive.confidences[classId] ?? 0)) || confidence > 1) continue;
    candidate ??= candidateOf(evaluated, island);
    const elite = { classId, confidence, candidate };
    const { status, previous } = archive.merge(elite);
    if (status === 'not-added') continue;
    if (best !== 'new') best = status;
    improvement += worthOf(confidence, archive.classes) - worthOf(previous?.confidence ?? 0, archive.classes);
    won.push(elite);
    totals.jumps++;
    if (isGoalSwitch(classId, offspring.parent, previous)) totals.goalSwitches++;
  }
  return { status: best, improvement };
}

function candidateOf(evaluated: Evaluated, island: number): Candidate {
  const { evaluation, spent } = evaluated;
  const { genome, parent } = evaluated.offspring;
  return createCandidate(genome, {
    ...(parent && { parent: { digest: parent.candidate.digest, classId: parent.classId } }),
    evaluation,
    ...(spent !== evaluation && { cost: spent }),
    island,
  });
}

/** As protocol/archive/elite.ts has it, but told by the genomes: a digest of a large one costs as much as drawing it. */
function isGoalSwitch(classId: number, parent: Elite | undefined, previous: Elite | undefined): boolean {
  if (parent === undefined || parent.classId === classId) return false;
  return previous === undefined || !isSameGenome(parent.candidate, previous.candidate);
}
