import type { RandomStream } from '../../../protocol/base/random.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { type CppnGenome, INPUTS } from '../../../protocol/encodings/cppn/genome.js';
import { type DenseGenome, type DenseShape, layersOf } from '../../../protocol/encodings/dense/genome.js';
import { randomDense } from '../../../protocol/encodings/dense/variation.js';
import type { DirectGenome } from '../../../protocol/encodings/direct/genome.js';

/**
 * A valid CPPN of `hidden` hidden nodes and about `density` connections into each node. Most nodes feed a later one and
 * most pictures vary from pixel to pixel (drawer.test.ts holds it to that: a flat picture would agree with anything),
 * yet dead nodes, unfed nodes and outputs that feed hidden nodes come up too.
 */
export function anyCppn(
  random: RandomStream,
  { canvas, outputs, hidden, density }: { canvas: number; outputs: 1 | 3; hidden: number; density: number },
): CppnGenome {
  const inputs = INPUTS.length;
  const nodes = outputs + hidden;
  // The order of computation: outputs last, as a rule.
  const order = Array.from({ length: nodes }, (_, i) => ({
    node: inputs + i,
    key: i < outputs && random.chance(0.9) ? 1 + random.uniform() : random.uniform(),
  }));
  order.sort((a, b) => a.key - b.key);
  const connections = order.flatMap(({ node }, place) => {
    const before = [...INPUTS.keys(), ...order.slice(0, place).map((earlier) => earlier.node)];
    const wanted = random.chance(0.03) ? 0 : 1 + random.below(2 * density - 1);
    const sources = new Set<number>();
    for (let k = 0; k < wanted; k++) {
      // Half of them among the nodes just computed, so that the graph is deep.
      const recent = random.chance(0.5) ? Math.min(before.length, 6) : before.length;
      sources.add(before[before.length - 1 - random.below(recent)] as number);
    }
    return Array.from(sources, (source) => ({
      source,
      target: node,
      weight: weight(random, source, canvas),
    }));
  });
  connections.sort((a, b) => a.target - b.target || a.source - b.source);
  return {
    encoding: 'cppn',
    canvas,
    outputs,
    activations: Uint8Array.from({ length: nodes }, () => random.below(4)),
    sources: Uint16Array.from(connections, (c) => c.source),
    targets: Uint16Array.from(connections, (c) => c.target),
    weights: Float32Array.from(connections, (c) => c.weight),
  };
}

/** Extremes come often; a pixel index mostly gets a weight that does not saturate everything. */
function weight(random: RandomStream, source: number, canvas: number): number {
  if (random.chance(0.1)) return random.chance(0.5) ? 10 : -10;
  const uniform = (2 * random.uniform() - 1) * 10;
  return source < 2 && random.chance(0.8) ? uniform / canvas : uniform;
}

export function anyDirect(
  random: RandomStream,
  width: number,
  height: number,
  channels: 1 | 3,
): DirectGenome {
  const genes = Uint16Array.from({ length: width * height * channels }, () => random.below(65_536));
  return { encoding: 'direct', width, height, channels, genes };
}

/**
 * A valid dense genome: random as its variation makes them, and then a tenth of the hidden layers' weights is anything that
 * a genome may hold, greatest and smallest ones, both zeros and numbers below 2⁻¹⁴ among them.
 */
export function anyDense(random: RandomStream, shape: DenseShape): DenseGenome {
  const { weights, ...genome } = randomDense(shape, random);
  const greatest = 0x5400;
  const wild = () => (random.chance(0.2) ? greatest : random.below(greatest + 1)) | (random.below(2) << 15);
  const hidden = layersOf(shape).at(-1)?.first ?? 0;
  return { ...genome, weights: weights.map((w, i) => (i < hidden && random.chance(0.1) ? wild() : w)) };
}

export const streamOf = (...path: (string | number)[]) => randomFrom(20_240, 'drawing', ...path);
