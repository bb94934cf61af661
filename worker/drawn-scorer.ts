import type { Drawer } from '../protocol/drawing/drawer.js';
import { VIEW_COUNT, type Views } from '../protocol/drawing/tensor-spec.js';
import type { Encoding } from '../protocol/encodings/genome.js';
import { encodingOf } from '../protocol/encodings/lookup.js';
import type { Classifier } from './classifier/classifier.js';
import { gradientOfMean, meanOfViews } from './classifier/views.js';
import { createPicturePrior, type PriorWeights } from './picture-prior.js';
import type { Scorer } from './scorer.js';

/**
 * A scorer of any encoding: the kernel draws, and the network is shown what it drew. With an `encoding`, whose genomes alone
 * are asked about then, it has gradients where that encoding has a pull-back and the engine has a gradient of the network:
 * the gradient by the pictures comes from the very forward pass that gives the confidences. A `prior` of pictures is added to
 * it.
 */
export function createDrawnScorer(parts: {
  readonly drawer: Drawer;
  readonly classifier: Classifier;
  readonly views: Views;
  readonly encoding?: Encoding;
  readonly prior?: PriorWeights;
  /** Seconds, monotone; only measures. */
  readonly clock?: () => number;
}): Scorer {
  const { drawer, classifier, views, clock = () => 0 } = parts;
  const { classes, input } = classifier;
  const count = VIEW_COUNT[views];
  const spent = { render: 0, classify: 0 };
  const gradient = gradientOf(parts, spent);
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
    ...(gradient && { gradient }),
  };
}

function gradientOf(
  { drawer, classifier, views, encoding, prior, clock = () => 0 }: Parameters<typeof createDrawnScorer>[0],
  spent: { render: number; classify: number },
): Scorer['gradient'] | undefined {
  const { classes, input } = classifier;
  const count = VIEW_COUNT[views];
  if (encoding === undefined || encodingOf(encoding).pullBack === undefined) return undefined;
  if (classifier.gradient === undefined || drawer.pullBack === undefined) return undefined;
  const { gradient } = classifier;
  const { pullBack } = drawer;
  const addPrior = prior && createPicturePrior(input, prior, count);
  return async (genomes, classIds) => {
    const began = clock();
    // The first gradient opens a session, and the drawer's memory may be used again while we wait.
    const tensor = drawer.tensor(genomes, input, views).slice();
    const drew = clock();
    const ofViews = classIds.flatMap((classId) => Array.from({ length: count }, () => classId));
    const found = await gradient(tensor, genomes.length * count, ofViews);
    const slopes = gradientOfMean(found, count, classIds);
    addPrior?.(slopes, tensor);
    const classified = clock();
    const gradients = pullBack(genomes, input, views, slopes);
    spent.render += drew - began + (clock() - classified);
    spent.classify += classified - drew;
    return { confidences: meanOfViews(found.confidences, count, classes), gradients };
  };
}
