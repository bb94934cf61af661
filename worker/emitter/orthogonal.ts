/** Rounds of the iteration; singular values from 1/10,000 of the norm on come to nearly 1 in eight. */
const ROUNDS = 8;
/** Of the quintic: the steepest rise from 0 that keeps the rest within .7 … 1.2 (Jordan 2024, "Muon"). */
const [A, B, C] = [3.4445, -4.775, 2.0315] as const;

/**
 * About the orthogonal matrix nearest to a given one, its polar factor U·Vᵀ: the same singular vectors, and singular values
 * of .7 to 1.2, by Newton and Schulz's iteration X ← A·X + B·(X·Xᵀ)·X + C·(X·Xᵀ)²·X. Row by row, as the given
 * matrix is. All 0 where that is.
 */
export function orthogonal(matrix: Float64Array, rows: number, columns: number): Float64Array {
  // The products are of the shorter side.
  if (rows > columns)
    return transposed(orthogonal(transposed(matrix, rows, columns), columns, rows), columns, rows);
  const norm = Math.sqrt(matrix.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) return matrix.slice();
  let x = matrix.map((value) => value / norm);
  for (let round = 0; round < ROUNDS; round++) {
    const square = timesTransposed(x, rows, columns);
    // Symmetric, so that it is its own transpose.
    const fourth = timesTransposed(square, rows, rows);
    const factor = square.map((value, i) => B * value + C * (fourth[i] as number));
    const change = times(factor, x, rows, columns);
    x = x.map((value, i) => A * value + (change[i] as number));
  }
  return x;
}

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
}

/** x · xᵀ. */
function timesTransposed(x: Float64Array, rows: number, columns: number): Float64Array {
  const product = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++)
        sum += (x[i * columns + k] as number) * (x[j * columns + k] as number);
      product[i * rows + j] = sum;
      product[j * rows + i] = sum;
    }
  }
  return product;
}

/** square · x, where the first is of the size of x's rows. */
function times(square: Float64Array, x: Float64Array, rows: number, columns: number): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < rows; k++) {
      const factor = square[i * rows + k] as number;
      for (let j = 0; j < columns; j++) {
        product[i * columns + j] =
          (product[i * columns + j] as number) + factor * (x[k * columns + j] as number);
      }
    }
  }
  return product;
}
