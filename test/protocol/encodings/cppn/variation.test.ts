import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { draftOf } from '../../../../protocol/encodings/cppn/draft.js';
import { CPPN_LIMITS, type CppnGenome, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import { mutateCppn, randomCppn } from '../../../../protocol/encodings/cppn/variation.js';
import { type MutationSpec, PAPER_MUTATION } from '../../../../protocol/encodings/mutation-spec.js';
import { genomeFault } from '../../../../protocol/encodings/validate.js';
import { cppnOf, dense, unconnected, walkedCppn } from './samples.js';

const NOTHING: MutationSpec = {
  ...PAPER_MUTATION,
  rate: 0,
  activation: 0,
  addConnection: 0,
  deleteConnection: 0,
  addNode: 0,
  deleteNode: 0,
};
const GROWING: MutationSpec = {
  ...PAPER_MUTATION,
  deleteConnection: 0,
  deleteNode: 0,
  addConnection: 1,
  addNode: 1,
};

const connectionsOf = ({ sources, targets, weights }: CppnGenome) =>
  Array.from(weights, (weight, c) => `${sources[c]}>${targets[c]}:${weight}`);

describe('a random CPPN', () => {
  it.each([1, 3] as const)('joins every input to each of %d outputs, and is valid', (outputs) => {
    const genome = randomCppn(28, outputs, randomFrom(1));
    expect(genomeFault(genome)).toBeUndefined();
    expect(genome.weights).toHaveLength(INPUTS.length * outputs);
    expect(genome.activations).toHaveLength(outputs);
  });

  it('has uniform weights and activations', () => {
    const random = randomFrom(2);
    const genomes = Array.from({ length: 2000 }, () => randomCppn(28, 3, random));
    const weights = genomes.flatMap(({ weights }) => Array.from(weights));
    for (const limit of [-5, 0, 5]) {
      const share = weights.filter((weight) => weight < limit).length / weights.length;
      expect(Math.abs(share - (limit + 10) / 20)).toBeLessThan(5 * (0.5 / Math.sqrt(weights.length)));
    }
    for (const kind of [0, 1, 2, 3]) {
      const count = genomes.flatMap(({ activations }) => Array.from(activations)).filter((a) => a === kind);
      expect(Math.abs(count.length - 1500)).toBeLessThan(5 * 34);
    }
  });
});

describe('a mutated CPPN', () => {
  it('is valid, however long the walk: no cycle, nothing twice, sorted, within range', () => {
    for (const [seed, spec] of [PAPER_MUTATION, PAPER_MUTATION, GROWING].entries()) {
      const random = randomFrom(seed, 'walk');
      let genome = randomCppn(256, seed === 0 ? 1 : 3, random);
      for (let step = 0; step < (spec === GROWING ? 250 : 3000); step++) {
        genome = mutateCppn(genome, spec, random);
        const fault = genomeFault(genome);
        if (fault !== undefined) expect.fail(`seed ${seed}, step ${step}: ${fault}`);
      }
    }
  });

  it('is its parent where all rates are 0, and never changes its parent', () => {
    const parent = walkedCppn(1, 50);
    const before = structuredClone(parent);
    expect(mutateCppn(parent, NOTHING, randomFrom(2))).toEqual(parent);
    mutateCppn(parent, { ...GROWING, rate: 1, activation: 1 }, randomFrom(3));
    expect(parent).toEqual(before);
  });

  it('changes each weight with the rate, by the polynomial rule on (w + 10) / 20', () => {
    const random = randomFrom(4);
    const parent = cppnOf(1, new Array<number>(200).fill(0), many(4000));
    const child = mutateCppn(parent, { ...NOTHING, rate: 0.1 }, random);
    const steps = Array.from(child.weights, (weight, c) => (weight - (parent.weights[c] ?? 0)) / 20);
    const changed = steps.filter((step) => step !== 0);
    expect(Math.abs(changed.length - 400)).toBeLessThan(5 * 19);
    // Median of |δ| at eta 15: 1 − ½^(1/16).
    const median = changed.map(Math.abs).sort((a, b) => a - b)[changed.length >>> 1] ?? 0;
    expect(Math.abs(median - 0.0424)).toBeLessThan(0.01);
  });

  it('redraws each activation with its rate', () => {
    const parent = unconnected(1004);
    const child = mutateCppn(parent, { ...NOTHING, activation: 0.4 }, randomFrom(5));
    // Redrawn, a quarter stays what it was.
    const changed = child.activations.filter((activation) => activation !== 0).length;
    expect(Math.abs(changed - 300)).toBeLessThan(5 * 15);
  });

  it('gains one connection, new, from a node that is no output', () => {
    const random = randomFrom(6);
    for (let seed = 0; seed < 200; seed++) {
      const parent = walkedCppn(seed, 30);
      const child = mutateCppn(parent, { ...NOTHING, addConnection: 1 }, random);
      const before = new Set(connectionsOf(parent));
      const added = connectionsOf(child).filter((connection) => !before.has(connection));
      expect(added).toHaveLength(1);
      const source = Number(added[0]?.split('>')[0]);
      expect(source < INPUTS.length || source >= INPUTS.length + 3).toBe(true);
    }
  });

  it('gains no connection where every one is there already', () => {
    const parent = randomCppn(28, 3, randomFrom(7));
    expect(mutateCppn(parent, { ...NOTHING, addConnection: 1 }, randomFrom(8))).toEqual(parent);
  });

  it('loses one connection, or none where there is none', () => {
    const parent = walkedCppn(3, 30);
    const child = mutateCppn(parent, { ...NOTHING, deleteConnection: 1 }, randomFrom(9));
    expect(child.weights).toHaveLength(parent.weights.length - 1);
    const bare = unconnected(5);
    expect(mutateCppn(bare, { ...NOTHING, deleteConnection: 1, addNode: 1 }, randomFrom(9))).toEqual(bare);
  });

  it('gains a node within a connection; both halves keep its weight', () => {
    const parent = cppnOf(1, [2], [[1, 4, 7.25]]);
    const child = mutateCppn(parent, { ...NOTHING, addNode: 1 }, randomFrom(10));
    expect(child.activations).toHaveLength(2);
    expect(connectionsOf(child)).toEqual(['5>4:7.25', '1>5:7.25']);
  });

  it('loses a hidden node with its connections; those above it move down', () => {
    const parent = cppnOf(
      1,
      [0, 1],
      [
        [0, 4, 1],
        [5, 4, 2],
        [2, 5, 3],
      ],
    );
    const child = mutateCppn(parent, { ...NOTHING, deleteNode: 1 }, randomFrom(11));
    expect(connectionsOf(child)).toEqual(['0>4:1']);
    expect(Array.from(child.activations)).toEqual([0]);
    // Outputs stay.
    expect(mutateCppn(child, { ...NOTHING, deleteNode: 1 }, randomFrom(12))).toEqual(child);
  });

  it('stops growing at the limits of nodes and of connections', () => {
    const nodes = { ...unconnected(CPPN_LIMITS.nodes), ...only([[0, 4, 1]]) };
    expect(genomeFault(nodes)).toBeUndefined();
    expect(mutateCppn(nodes, { ...NOTHING, addNode: 1 }, randomFrom(13))).toEqual(nodes);
    const full = dense(CPPN_LIMITS.connections);
    expect(mutateCppn(full, { ...NOTHING, addNode: 1, addConnection: 1 }, randomFrom(14))).toEqual(full);
    const almost = dense(CPPN_LIMITS.connections - 1);
    const grown = mutateCppn(almost, { ...NOTHING, addNode: 1, addConnection: 1 }, randomFrom(15));
    expect(grown.weights).toHaveLength(CPPN_LIMITS.connections);
    expect(genomeFault(grown)).toBeUndefined();
  });
});

describe('a draft', () => {
  it('opens to a source exactly those targets that keep the genome valid', () => {
    for (let seed = 0; seed < 15; seed++) {
      const genome = walkedCppn(seed, 25);
      const nodes = INPUTS.length + genome.activations.length;
      for (let source = 0; source < nodes; source++) {
        const open = draftOf(genome).openTargets(source);
        for (let target = 0; target < nodes; target++) {
          const connections = Array.from(
            genome.weights,
            (weight, c) => [genome.sources[c] ?? 0, genome.targets[c] ?? 0, weight] as const,
          );
          const joined = [...connections, [source, target, 1] as const].sort(
            (a, b) => a[1] - b[1] || a[0] - b[0],
          );
          const valid = genomeFault(cppnOf(3, Array.from(genome.activations), joined)) === undefined;
          expect(open.includes(target), `${source} > ${target}`).toBe(valid);
        }
      }
    }
  });
});

/** So many connections of weight 0, which a step can leave either way. */
function many(count: number): [number, number, number][] {
  const { sources, targets } = dense(count);
  return Array.from(sources, (source, c) => [source, targets[c] ?? 0, 0]);
}

function only(connections: readonly (readonly [number, number, number])[]) {
  const { sources, targets, weights } = cppnOf(1, [], connections);
  return { sources, targets, weights };
}
