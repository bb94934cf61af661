import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { float, int, text } from '../../../../worker/onnx/builder.js';
import { between, expectGradient, op } from './finite-differences.js';

describe('the gradient of', () => {
  it('Gemm is that of finite differences, transposed or not', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = randomFrom(seed, 'gemm');
      const [transA, transB] = [random.below(2), random.below(2)];
      const values = {
        x: between(random, transA ? [3, 2] : [2, 3]),
        b: between(random, transB ? [4, 3] : [3, 4]),
        c: between(random, [[4], [1, 4], [2, 4], [2, 1], []][random.below(5)] ?? []),
      };
      const attributes = {
        transA: int(transA),
        transB: int(transB),
        ...(random.chance(0.5) && { alpha: float(0.5), beta: float(-2) }),
      };
      const open = transA === 0 && values.c.dims[0] !== 2;
      const { c: _, ...without } = values;
      const graphs = [
        { nodes: [op('Gemm', ['x', 'b', 'c'], 'y', attributes)], values },
        { nodes: [op('Gemm', ['x', 'b'], 'y', attributes)], values: without },
      ];
      for (const graph of graphs) await expectGradient(random, graph, { open, step: 0.25 });
    }
  });

  it.each([
    ['bij,bjk->bik', [2, 3, 4], [2, 4, 2]],
    ['bhid, bhjd -> bhij', [2, 2, 3, 4], [2, 2, 2, 4]],
    ['ij,jk', [2, 3], [3, 4]],
    ['nc,c->n', [2, 3], [3]],
    ['bwc,wcd->bwd', [2, 3, 2], [3, 2, 4]],
    ['ij,kl->ikjl', [2, 3], [2, 2]],
  ])('Einsum %s is', async (equation, a, b) => {
    const random = randomFrom(1, equation);
    const values = { x: between(random, a), b: between(random, b) };
    const nodes = [op('Einsum', ['x', 'b'], 'y', { equation: text(equation) })];
    const open = equation.startsWith('b') && !equation.includes(',b');
    await expectGradient(random, { nodes, values }, { open, step: 0.25 });
  });

  it.each([
    [
      [2, 3],
      [3, 4],
    ],
    [
      [2, 5, 3],
      [3, 4],
    ],
    [
      [2, 5, 3],
      [2, 3, 4],
    ],
    [
      [2, 2, 5, 3],
      [2, 3, 4],
    ],
    [
      [2, 1, 2, 3],
      [3, 3, 2],
    ],
    [
      [2, 3],
      [4, 3, 2],
    ],
    [[3], [3, 2]],
    [[2, 3], [3]],
    [[3], [3]],
    [[2, 4, 3], [3]],
    [[3], [2, 3, 2]],
    [
      [1, 2, 2, 3],
      [2, 1, 3, 2],
    ],
  ])('MatMul of %o and %o is', async (a, b) => {
    const random = randomFrom(1, `${a} ${b}`);
    const values = { x: between(random, a), b: between(random, b) };
    const open = a.length > 2 && b.length === 2;
    await expectGradient(random, { nodes: [op('MatMul', ['x', 'b'], 'y')], values }, { open, step: 0.25 });
  });
});
