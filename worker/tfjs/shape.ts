/** Numbers in a tensor: the product of its sizes, 1 for a scalar. */
export function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
