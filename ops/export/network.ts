import type { Network } from '../../coordinator/export/pictures.js';
import type { Views } from '../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { classifyPhotos } from '../../worker/classifier/photos.js';

/** A classifier that reads pictures as `atoll classify` does. */
export function networkOf(classifier: Classifier, views: Views): Network {
  const { batch, classes } = classifier;
  return {
    batch,
    async measure(pictures) {
      const paths = pictures.map(({ path }) => path);
      const confidences = await classifyPhotos(paths, classifier, views);
      return pictures.map(({ classId }, i) => confidences[i * classes + classId] ?? Number.NaN);
    },
  };
}
