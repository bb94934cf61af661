import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type CppnGenome, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import { mutateCppn, randomCppn } from '../../../../protocol/encodings/cppn/variation.js';
import { PAPER_MUTATION } from '../../../../protocol/encodings/mutation-spec.js';

/** A CPPN after `steps` mutations in a row. */
export function walkedCppn(
  seed: number,
  steps: number,
  outputs: 1 | 3 = 3,
  random: RandomStream = randomFrom(seed, 'sample'),
): CppnGenome {
  let genome = randomCppn(256, outputs, random);
  for (let step = 0; step < steps; step++) genome = mutateCppn(genome, PAPER_MUTATION, random);
  return genome;
}

/** A CPPN of connections [source, target, weight], given in their order. */
export function cppnOf(
  outputs: 1 | 3,
  activations: readonly number[],
  connections: readonly (readonly [number, number, number])[],
): CppnGenome {
  return {
    encoding: 'cppn',
    canvas: 256,
    outputs,
    activations: Uint8Array.from(activations),
    sources: Uint16Array.from(connections, ([source]) => source),
    targets: Uint16Array.from(connections, ([, target]) => target),
    weights: Float32Array.from(connections, ([, , weight]) => weight),
  };
}

/** A CPPN of so many nodes, inputs included, and no connection. */
export function unconnected(nodes: number): CppnGenome {
  return cppnOf(1, new Array<number>(nodes - INPUTS.length).fill(0), []);
}

/** A CPPN of so many connections, between few enough nodes. */
export function dense(connections: number): CppnGenome {
  const pairs: [number, number, number][] = [];
  for (let target = 5; pairs.length < connections; target++) {
    for (let source = 0; source < target && pairs.length < connections; source++) {
      if (source !== 4) pairs.push([source, target, 1]);
    }
  }
  return cppnOf(1, new Array<number>(200).fill(0), pairs);
}

const FUNCTIONS: readonly ((p: number) => number)[] = [
  Math.sin,
  (p) => 2 / (1 + Math.exp(-p)) - 1,
  (p) => Math.exp(-p * p),
  (p) => Math.min(3, Math.max(-3, p)) / 3,
];

/** The oracle: what a CPPN's outputs are for its inputs, by the definition, recursively. Its weights may be double. */
export function evaluate(
  genome: Omit<CppnGenome, 'weights'> & { readonly weights: ArrayLike<number> },
  inputs: readonly number[],
): number[] {
  const values = new Map<number, number>(inputs.entries());
  const outputOf = (node: number): number => {
    const known = values.get(node);
    if (known !== undefined) return known;
    let sum = 0;
    genome.targets.forEach((target, c) => {
      if (target === node) sum += (genome.weights[c] ?? 0) * outputOf(genome.sources[c] ?? 0);
    });
    const activate = FUNCTIONS[genome.activations[node - INPUTS.length] ?? -1];
    if (activate === undefined) throw new RangeError(`node ${node} has no activation`);
    const value = activate(sum);
    values.set(node, value);
    return value;
  };
  return Array.from({ length: genome.outputs }, (_, output) => outputOf(INPUTS.length + output));
}
