/** Arithmetic on shapes and lists of axes. */

/** An axis counted from the front, 0 … rank − 1. */
export function frontAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The shape that operands of `shapes` have together, by ONNX's (NumPy's) rule of broadcasting. */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((shape) => shape[i - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/** Longer lists are no shapes, and are not computed: there may be one number for each image. */
export const LONGEST = 4096;

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** 0, 1, … length − 1. */
export function counted(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

/** For each place of `shape`, in row-major order, what `of` makes of its coordinates. */
export function placesOf(shape: readonly number[], of: (at: readonly number[]) => number): number[] {
  return counted(product(shape)).map((place) => {
    let rest = place;
    const at = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      at[axis] = rest % size;
      rest = Math.floor(rest / size);
    }
    return of(at);
  });
}

/** The place of coordinates in row-major order; a size of 1 is broadcast, and axes are counted from the last. */
export function placeAt(shape: readonly number[], at: readonly number[]): number {
  const lead = at.length - shape.length;
  return shape.reduce((place, size, axis) => place * size + (size === 1 ? 0 : (at[axis + lead] ?? 0)), 0);
}
