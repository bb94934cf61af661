import type { Elite } from '../protocol/archive/elite.js';
import type { Scorer } from './scorer.js';

/** An elite, drawn and scored again. */
export interface Rescored {
  readonly elite: Elite;
  /** What the network gives its drawing now. */
  readonly confidence: number;
  /** |now − then|, 0 … 1; NaN when the network gives no number. */
  readonly difference: number;
}

/** Draws and scores elites again, in their order; each genome is drawn once, however many cells it holds. */
export async function* rescore(
  elites: readonly Elite[],
  scorer: Pick<Scorer, 'score'>,
): AsyncIterable<Rescored> {
  const rows = new Map<string, Float32Array>();
  // A row is as long as there are classes, and there may be a row for each: it goes with the last cell that needs it.
  const cells = new Map<string, number>();
  for (const { candidate } of elites) cells.set(candidate.digest, (cells.get(candidate.digest) ?? 0) + 1);
  for (const elite of elites) {
    const { digest, genome } = elite.candidate;
    let row = rows.get(digest);
    row ??= await scorer.score([genome]);
    const left = (cells.get(digest) ?? 0) - 1;
    cells.set(digest, left);
    if (left > 0) rows.set(digest, row);
    else rows.delete(digest);
    const confidence = row[elite.classId] ?? Number.NaN;
    yield { elite, confidence, difference: Math.abs(confidence - elite.confidence) };
  }
}
