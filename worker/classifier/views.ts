import type { ClassGradient } from './classifier.js';

/**
 * The mean of an image's views: `rows` has shape [images · views, classes], the result [images, classes].
 * The paper's fitness is the softmax averaged over ten crops. With one view the rows are returned as they are.
 */
export function meanOfViews(rows: Float32Array, views: number, classes: number): Float32Array {
  if (views === 1) return rows;
  const images = rows.length / (views * classes);
  const means = new Float32Array(images * classes);
  for (let image = 0; image < images; image++) {
    for (let classId = 0; classId < classes; classId++) {
      let sum = 0;
      for (let view = 0; view < views; view++)
        sum += rows[(image * views + view) * classes + classId] ?? Number.NaN;
      means[image * classes + classId] = sum / views;
    }
  }
  return means;
}

/**
 * The gradient of −log of the mean confidence by all views of an image, from that of −log of each view's own: by the chain
 * rule a view's share of the sum of their confidences, times as much. `found`: of shape [images · views, …], as is the result;
 * `classIds` has one class an image. With one view it is returned as it is. Views that are all at 0 count alike.
 */
export function gradientOfMean(
  { confidences, gradient }: ClassGradient,
  views: number,
  classIds: readonly number[],
): Float32Array {
  if (views === 1) return gradient;
  const rows = classIds.length * views;
  const [classes, length] = [confidences.length / rows, gradient.length / rows];
  const slopes = new Float32Array(gradient.length);
  for (const [image, classId] of classIds.entries()) {
    const first = image * views;
    const confidenceOf = (view: number) => confidences[(first + view) * classes + classId] ?? 0;
    let sum = 0;
    for (let view = 0; view < views; view++) sum += confidenceOf(view);
    for (let view = 0; view < views; view++) {
      const share = sum > 0 ? confidenceOf(view) / sum : 1 / views;
      const end = (first + view + 1) * length;
      for (let at = end - length; at < end; at++) slopes[at] = share * (gradient[at] as number);
    }
  }
  return slopes;
}
