import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type ExpressedCppn, express, sameExpression } from '../../../../protocol/encodings/cppn/express.js';
import { type CppnGenome, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import { mutateCppn } from '../../../../protocol/encodings/cppn/variation.js';
import { PAPER_MUTATION } from '../../../../protocol/encodings/mutation-spec.js';
import { cppnOf, evaluate, walkedCppn } from './samples.js';

const POINTS = [
  [0, 0, Math.SQRT2, 1],
  [255, 13, 1.2, 1],
  [128, 128, 0, 1],
];

/** The genome that holds what is expressed and nothing else; outputs come first again. */
function genomeOf(expressed: ExpressedCppn): CppnGenome {
  const { activations, start, sources, weights, outputs } = expressed;
  const inputs = Array.from(INPUTS.keys());
  const rest = Array.from(activations.keys(), (i) => i + INPUTS.length).filter((n) => !outputs.includes(n));
  const order = [...inputs, ...outputs, ...rest];
  const connections = order.slice(INPUTS.length).flatMap((node, i) => {
    const from = start[node - INPUTS.length] ?? 0;
    const to = start[node - INPUTS.length + 1] ?? 0;
    return Array.from({ length: to - from }, (_, c) => {
      const source = order.indexOf(sources[from + c] ?? -1);
      return [source, i + INPUTS.length, weights[from + c] ?? 0] as const;
    });
  });
  const kinds = order.slice(INPUTS.length).map((node) => activations[node - INPUTS.length] ?? 0);
  return cppnOf(outputs.length === 1 ? 1 : 3, kinds, connections);
}

describe('an expressed CPPN', () => {
  it('draws what its genome draws', () => {
    for (let seed = 0; seed < 100; seed++) {
      const genome = walkedCppn(seed, seed % 60, seed % 2 === 0 ? 1 : 3);
      const expressed = genomeOf(express(genome));
      for (const point of POINTS) expect(evaluate(expressed, point)).toEqual(evaluate(genome, point));
    }
  });

  it('has every node after its sources', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { activations, start, sources, weights } = express(walkedCppn(seed, 80));
      expect(start).toHaveLength(activations.length + 1);
      expect(start[0]).toBe(0);
      expect(start[activations.length]).toBe(sources.length);
      expect(weights).toHaveLength(sources.length);
      for (let i = 0; i < activations.length; i++) {
        for (const source of sources.subarray(start[i], start[i + 1])) {
          expect(source).toBeLessThan(INPUTS.length + i);
        }
      }
    }
  });

  it('drops the nodes that reach no output, and what feeds only them', () => {
    // 5 → 6 → nothing; 7 → output 4.
    const genome = cppnOf(
      1,
      [0, 1, 2, 3],
      [
        [7, 4, 2],
        [0, 5, 1],
        [5, 6, 3],
        [3, 7, -1],
      ],
    );
    const expressed = express(genome);
    expect(Array.from(expressed.activations)).toEqual([3, 0]);
    expect(Array.from(expressed.start)).toEqual([0, 1, 2]);
    expect(Array.from(expressed.sources)).toEqual([3, 4]);
    expect(Array.from(expressed.weights)).toEqual([-1, 2]);
    expect(Array.from(expressed.outputs)).toEqual([5]);
  });

  it('keeps outputs that nothing leads into', () => {
    const expressed = express(cppnOf(3, [0, 1, 2], []));
    expect(Array.from(expressed.activations)).toEqual([0, 1, 2]);
    expect(Array.from(expressed.start)).toEqual([0, 0, 0, 0]);
    expect(Array.from(expressed.outputs)).toEqual([4, 5, 6]);
  });

  it('takes an output that feeds another', () => {
    const expressed = express(
      cppnOf(
        3,
        [0, 1, 2],
        [
          [6, 4, 1],
          [0, 6, 2],
        ],
      ),
    );
    expect(Array.from(expressed.activations)).toEqual([2, 0, 1]);
    expect(Array.from(expressed.outputs)).toEqual([5, 6, 4]);
  });

  it('goes down a chain as long as the limit allows', () => {
    const hidden = 1019;
    const links = Array.from({ length: hidden }, (_, i) => [i + 5, i + 4, 1] as const);
    const expressed = express(
      cppnOf(1, new Array<number>(hidden + 1).fill(3), [...links, [0, hidden + 4, 1]]),
    );
    expect(expressed.activations).toHaveLength(hidden + 1);
    expect(expressed.sources[0]).toBe(0);
  });
});

describe('two genomes of the same expression', () => {
  it('draw the same; dead nodes make no difference', () => {
    const random = randomFrom(5);
    let same = 0;
    for (let seed = 0; seed < 150; seed++) {
      const parent = walkedCppn(seed, 40);
      const expressed = express(parent);
      for (let child = 0; child < 20; child++) {
        const genome = mutateCppn(parent, PAPER_MUTATION, random);
        if (!sameExpression(expressed, express(genome))) continue;
        same++;
        for (const point of POINTS) expect(evaluate(genome, point)).toEqual(evaluate(parent, point));
      }
    }
    expect(same).toBeGreaterThan(5);
  });

  it('are told apart by a weight, an activation, a connection or a node that shows', () => {
    const base = cppnOf(1, [0], [[0, 4, 1]]);
    const others = [
      cppnOf(1, [0], [[0, 4, 1.5]]),
      cppnOf(1, [1], [[0, 4, 1]]),
      cppnOf(1, [0], [[1, 4, 1]]),
      cppnOf(
        1,
        [0, 0],
        [
          [5, 4, 1],
          [0, 5, 1],
        ],
      ),
    ];
    for (const other of others) expect(sameExpression(express(base), express(other))).toBe(false);
    const withDead = cppnOf(
      1,
      [0, 2],
      [
        [0, 4, 1],
        [3, 5, 7],
      ],
    );
    expect(sameExpression(express(base), express(withDead))).toBe(true);
  });
});
