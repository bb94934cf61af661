import type { Drawer } from '../protocol/drawing/drawer.js';
import { VIEW_COUNT, type Views } from '../protocol/drawing/tensor-spec.js';
import type { Genome } from '../protocol/encodings/genome.js';
import type { Classifier } from './classifier/classifier.js';
import { meanOfViews } from './classifier/views.js';

/** What draws and scores. */
export interface ScoreParts {
  readonly drawer: Drawer;
  readonly classifier: Classifier;
  readonly views: Views;
}

/** Draws genomes and gives their confidences, shape [genomes, classes]. Rejects when the engine fails. */
export async function score(genomes: readonly Genome[], parts: ScoreParts): Promise<Float32Array> {
  const { drawer, classifier, views } = parts;
  const count = VIEW_COUNT[views];
  const rows = await classifier.classify(
    drawer.tensor(genomes, classifier.input, views),
    genomes.length * count,
  );
  return meanOfViews(rows, count, classifier.classes);
}
