import { type CppnGenome, INPUTS } from '../../../protocol/genome/cppn.js';
import type { DirectGenome } from '../../../protocol/genome/direct.js';
import { type RandomStream, randomFrom } from '../../../protocol/random.js';

/**
 * A valid CPPN of `hidden` hidden nodes and about `density` connections into each node, some nodes dead or unfed: any
 * shape of graph, rather than the shapes that mutation likes. Outputs, numbered first, may feed hidden nodes too.
 */
export function anyCppn(
  random: RandomStream,
  { canvas, outputs, hidden, density }: { canvas: number; outputs: 1 | 3; hidden: number; density: number },
): CppnGenome {
  const nodes = outputs + hidden;
  // An order of computation, other than that of the numbers.
  const order = Array.from({ length: nodes }, (_, i) => ({ node: INPUTS.length + i, key: random.uniform() }));
  order.sort((a, b) => a.key - b.key);
  const connections = order.flatMap(({ node }, place) => {
    const sources = [...INPUTS.keys(), ...order.slice(0, place).map((before) => before.node)];
    const chance = density / sources.length;
    return sources
      .filter(() => random.chance(chance))
      .map((source) => ({ source, target: node, weight: weight(random) }));
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

function weight(random: RandomStream): number {
  // Extreme weights come often, small ones too.
  if (random.chance(0.1)) return random.chance(0.5) ? 10 : -10;
  const uniform = (2 * random.uniform() - 1) * 10;
  return random.chance(0.3) ? uniform / 100 : uniform;
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

export const streamOf = (...path: (string | number)[]) => randomFrom(20_240, 'drawing', ...path);
