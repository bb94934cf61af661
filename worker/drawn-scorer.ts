import type { Drawer } from '../protocol/drawing/drawer.js';
import { VIEW_COUNT, type Views } from '../protocol/drawing/tensor-spec.js';
import type { Classifier } from './classifier/classifier.js';
import { meanOfViews } from './classifier/views.js';
import type { Scorer } from './scorer.js';

/** A scorer of any encoding: the kernel draws, and the network is shown what it drew. Its gradients would be of pixels: it has none. */
export function createDrawnScorer(parts: {
  readonly drawer: Drawer;
  readonly classifier: Classifier;
  readonly views: Views;
  /** Seconds, monotone; only measures. */
  readonly clock?: () => number;
}): Scorer {
  const { drawer, classifier, views, clock = () => 0 } = parts;
  const { classes, input } = classifier;
  const count = VIEW_COUNT[views];
  const spent = { render: 0, classify: 0 };
  return {
    classes,
    spent,
    async score(genomes) {
      const began = clock();
      const tensor = drawer.tensor(genomes, input, views);
      const drew = clock();
      const rows = await classifier.classify(tensor, genomes.length * count);
      spent.render += drew - began;
      spent.classify += clock() - drew;
      return meanOfViews(rows, count, classes);
    },
  };
}
