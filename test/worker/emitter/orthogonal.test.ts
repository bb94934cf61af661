import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import { orthogonal } from '../../../worker/emitter/orthogonal.js';

const random = randomFrom(3, 'orthogonal');

/** Rows of an orthogonal matrix of n by n: Gram and Schmidt's of random ones. */
function randomOrthogonal(n: number): number[][] {
  const rows: number[][] = [];
  while (rows.length < n) {
    let row = Array.from({ length: n }, () => standardNormal(random));
    for (const other of rows) {
      const along = dot(row, other);
      row = row.map((value, i) => value - along * (other[i] ?? 0));
    }
    const norm = Math.sqrt(dot(row, row));
    rows.push(row.map((value) => value / norm));
  }
  return rows;
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

/** Σ s · u · vᵀ over the singular values, row by row. */
function composed(u: number[][], values: readonly number[], v: number[][]): Float64Array {
  const [rows, columns] = [u.length, v.length];
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return values.reduce((sum, value, k) => sum + value * (u[k]?.[i] ?? 0) * (v[k]?.[j] ?? 0), 0);
  });
}

describe('the orthogonal matrix nearest to another', () => {
  it.each([
    [3, 5, [7, 1, 0.02]],
    [5, 3, [7, 1, 0.02]],
    [4, 4, [1, 1, 1, 1]],
    [1, 6, [1e-30]],
  ])(
    'of %d × %d keeps its singular vectors, and makes its singular values nearly 1',
    (rows, columns, values) => {
      const [u, v] = [randomOrthogonal(rows), randomOrthogonal(columns)];
      const found = orthogonal(composed(u, values, v), rows, columns);
      // What is left when both sides are turned back: the singular values, and nothing beside them.
      const turned = u.map((left) =>
        v.map((right) =>
          found.reduce(
            (sum, x, at) => sum + x * (left[Math.floor(at / columns)] ?? 0) * (right[at % columns] ?? 0),
            0,
          ),
        ),
      );
      for (const [i, row] of turned.entries()) {
        for (const [j, value] of row.entries()) {
          if (i !== j || i >= values.length) expect(value).toBeCloseTo(0, 9);
          else expect(Math.abs(value - 0.95)).toBeLessThan(0.3);
        }
      }
    },
  );

  it('is 0 for 0', () => {
    expect(orthogonal(new Float64Array(6), 2, 3)).toEqual(new Float64Array(6));
  });
});
