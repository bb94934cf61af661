import { describe, it } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { floatTensor } from '../../../../worker/onnx/tensor.js';
import { apart, between, expectGradient, op } from './finite-differences.js';

/** Two shapes that broadcast to each other, one way or both. */
function shapes(random: RandomStream): [number[], number[]] {
  const rank = 1 + random.below(4);
  const whole = Array.from({ length: rank }, () => 1 + random.below(3));
  const thin = (shape: number[]) => shape.map((size) => (random.chance(0.3) ? 1 : size));
  const b = thin(whole).slice(random.below(rank + 1));
  return random.chance(0.3) ? [thin(whole), b] : [whole, b];
}

describe('the gradient of', () => {
  it.each(['Add', 'Sub', 'Mul', 'Div', 'Pow'])(
    '%s is that of finite differences, however its operands are broadcast',
    async (name) => {
      for (let seed = 0; seed < 12; seed++) {
        const random = randomFrom(seed, name);
        const [a, b] = shapes(random);
        const values = { x: between(random, a, 0.6, 2), b: between(random, b, 0.6, 2) };
        const inputs = random.chance(0.5) ? ['x', 'b'] : ['b', 'x'];
        await expectGradient(random, { nodes: [op(name, inputs, 'y')], values });
      }
    },
  );

  it('a value that is both operands is', async () => {
    const random = randomFrom(1, 'twice');
    for (const name of ['Add', 'Sub', 'Mul', 'Div']) {
      const nodes = [op('Sigmoid', ['x'], 's'), op(name, ['s', 's'], 'p'), op('Mul', ['p', 'x'], 'y')];
      await expectGradient(random, { nodes, values: { x: between(random, [2, 3], 0.5, 1) } });
    }
  });

  it('Pow by constants is, where what is raised is negative too', async () => {
    const random = randomFrom(1, 'powers');
    for (const exponent of [2, 3, 1]) {
      const constants = [floatTensor('p', [], Float32Array.of(exponent))];
      const values = { x: between(random, [2, 5], -1.5, 1.5) };
      await expectGradient(
        random,
        { nodes: [op('Pow', ['x', 'p'], 'y')], values, constants },
        { step: 0.05 },
      );
    }
  });

  it('Pow by whole numbers of another type is, and by several exponents', async () => {
    const random = randomFrom(2, 'powers');
    for (const exponents of [[2], [3], [-1], [0], [1, 2, 3, 0, -2]]) {
      const away = exponents.some((each) => each < 0);
      const values = { x: between(random, [2, 5], away ? 0.5 : -1.5, 1.5) };
      const nodes = [op('Pow', ['x', 'p'], 'y')];
      await expectGradient(random, { nodes, values, integers: { p: exponents } }, { step: 0.05 });
    }
  });

  it.each(['Sum', 'Mean', 'Max', 'Min'])('%s of one, two or three is', async (name) => {
    const random = randomFrom(1, name);
    const pool = apart(random, [3, 2, 5]);
    const row = (i: number, dims: number[]) => ({
      dims,
      data: pool.data.slice(10 * i, 10 * i + dims.reduce((a, b) => a * b)),
    });
    const values = { x: row(0, [2, 5]), b: row(1, [5]), c: row(2, [2, 1]) };
    for (const inputs of [['x'], ['x', 'b'], ['c', 'b', 'x']]) {
      const used = Object.fromEntries(Object.entries(values).filter(([each]) => inputs.includes(each)));
      await expectGradient(random, { nodes: [op(name, inputs, 'y')], values: used });
    }
  });

  it('Where and Expand are', async () => {
    const random = randomFrom(1, 'where');
    const values = { x: apart(random, [2, 1, 3]), b: between(random, [4, 1]) };
    const nodes = [
      op('Expand', ['x', 'wide'], 'e'),
      op('Greater', ['e', 'b'], 'c'),
      op('Where', ['c', 'e', 'b'], 'y'),
    ];
    await expectGradient(
      random,
      { nodes, values, integers: { wide: [2, 4, 1] } },
      { step: 1e-3, tolerance: 1e-2 },
    );
  });
});
