import { channelCount, tensorLength } from '../../protocol/drawing/tensor-spec.js';
import { type ConstraintSpec, viewOf } from '../../protocol/spec/constraint-spec.js';
import type { Classifier } from '../classifier/classifier.js';
import { inputMap, levelsOfTensor, type Planes, tensorOfLevels } from '../pixels/planes.js';
import { viewMaker } from './view.js';

/**
 * A classifier whose confidences are the least, or the mean, of those that `classifier` gives to an image and to each of
 * the views of it that a spec names. The same classifier where it names none. It has no gradient: that of a minimum over
 * views is not worth its cost.
 */
export function constrained(classifier: Classifier, { views, reduce }: ConstraintSpec): Classifier {
  if (views.length === 0) return classifier;
  const { input, classes } = classifier;
  const { gradient: _, ...plain } = classifier;
  const map = inputMap(input);
  const length = tensorLength(input);
  const size = { width: input.width, height: input.height, channels: channelCount(input.channels) } as const;
  const makers = views.map((text) => {
    const view = viewOf(text);
    if (view === undefined) throw new RangeError(`expected a view, got ${text}`);
    return viewMaker(view, size);
  });
  const shown = makers.length + 1;

  async function allViews(image: Float32Array): Promise<Float32Array> {
    const planes: Planes = { ...size, levels: levelsOfTensor(image, map) };
    const tensor = new Float32Array(shown * length);
    tensor.set(image);
    for (const [i, make] of makers.entries()) {
      tensor.set(tensorOfLevels((await make(planes)).levels, map), (i + 1) * length);
    }
    return tensor;
  }

  return {
    ...plain,
    async classify(tensor, count) {
      const rows = new Float32Array(count * classes);
      // The drawer's memory is used again while we wait.
      const images = tensor.slice(0, count * length);
      for (let i = 0; i < count; i++) {
        const seen = await allViews(images.subarray(i * length, (i + 1) * length));
        const confidences = await classifier.classify(seen, shown);
        rows.set(reduced(confidences, classes, reduce), i * classes);
      }
      return rows;
    },
  };
}

function reduced(rows: Float32Array, classes: number, reduce: ConstraintSpec['reduce']): Float32Array {
  const count = rows.length / classes;
  return Float32Array.from({ length: classes }, (_, classId) => {
    const seen = Array.from({ length: count }, (__, view) => rows[view * classes + classId] ?? Number.NaN);
    return reduce === 'minimum' ? Math.min(...seen) : seen.reduce((sum, each) => sum + each, 0) / count;
  });
}
