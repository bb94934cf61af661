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
