import type { Batch, Jump } from '../../coordinator/store/store.js';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';

export const NOTHING: Batch = { genomes: [], jumps: [], islands: [], events: [], migrations: [] };

/** Merges an elite and gives the jump that it makes; undefined when the cell keeps what it has. */
export function jumpInto(archive: Archive, elite: Elite, time = 0): Jump | undefined {
  const { status, previous } = archive.merge(elite);
  if (status === 'not-added') return undefined;
  return {
    elite,
    ...(previous && { previousConfidence: previous.confidence }),
    goalSwitch: elite.candidate.parent !== undefined,
    evaluation: elite.candidate.evaluation,
    cost: elite.candidate.cost ?? elite.candidate.evaluation,
    time,
  };
}
