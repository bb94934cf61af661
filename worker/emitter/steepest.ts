import type { MatrixShape } from '../../protocol/encodings/encoding.js';
import { orthogonal } from './orthogonal.js';

/**
 * The direction of steepest descent against a gradient, with a root mean square of 1, or less where nothing moves.
 * Of parameters that are matrices it is steepest among changes of bounded spectral norm: each matrix is minus the orthogonal
 * one that is nearest to its gradient, so that a step changes what a layer gives by the same amount in all directions
 * (Carlson, Cevher and Carin 2015; Bernstein and Newhouse 2024). Of others it is minus the sign of each, which is the first
 * step of Adam. Entries that are not finite move nothing.
 */
export function steepest(gradient: Float64Array, matrices: readonly MatrixShape[] | undefined): Float64Array {
  if (matrices === undefined)
    return gradient.map((slope) => (Number.isFinite(slope) ? 0 - Math.sign(slope) : 0));
  const direction = new Float64Array(gradient.length);
  let first = 0;
  for (const { rows, columns } of matrices) {
    const end = first + rows * columns;
    const slopes = gradient.subarray(first, end).map((slope) => (Number.isFinite(slope) ? slope : 0));
    // Its singular values are 1, min(rows, columns) of them: their squares are those of the entries.
    const scale = -Math.sqrt(Math.max(rows, columns));
    direction.set(
      orthogonal(slopes, rows, columns).map((value) => scale * value),
      first,
    );
    first = end;
  }
  return direction;
}
