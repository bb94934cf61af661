import type { Elite } from '../../../protocol/archive/elite.js';
import type { Drawer } from '../../../protocol/drawing/drawer.js';
import type { Views } from '../../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { topGuesses } from '../../../worker/classifier/photos.js';
import { createDrawnScorer } from '../../../worker/drawn-scorer.js';
import type { ClassMatch } from '../../../worker/model/labels/match-classes.js';
import { keptScore } from '../results/kept-score.js';
import type { Verdicts } from './transfer.js';

export interface EliteScoring {
  readonly classifier: Classifier;
  readonly drawer: Drawer;
  readonly views: Views;
  readonly match: ClassMatch;
  readonly own: boolean;
  readonly onImage: (done: number) => void;
}

/** What a network says of elites that may have been evolved for another; in their order. */
export async function scoreElites(elites: readonly Elite[], parts: EliteScoring): Promise<Verdicts> {
  const { classifier, match, own, onImage } = parts;
  const { batch, classes } = classifier;
  const scorer = createDrawnScorer(parts);
  const verdicts: Verdicts = { by: own ? 'itself' : match.by, same: [], named: [], inNamed: [], inSame: [] };
  for (let from = 0; from < elites.length; from += batch) {
    onImage(from);
    const chunk = elites.slice(from, from + batch);
    const rows = await scorer.score(chunk.map(({ candidate }) => candidate.genome));
    for (const [i, { classId }] of chunk.entries()) {
      const row = rows.subarray(i * classes, (i + 1) * classes);
      const [top] = topGuesses(row, [], 1);
      const same = match.classes[classId] ?? null;
      verdicts.same.push(same);
      verdicts.named.push(top?.classId ?? 0);
      verdicts.inNamed.push(keptScore(top?.confidence ?? 0));
      verdicts.inSame.push(same === null ? null : keptScore(row[same] ?? 0));
    }
  }
  return verdicts;
}
