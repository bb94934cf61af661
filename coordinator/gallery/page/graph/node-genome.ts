import type { ExpressedCppn } from '../../../../protocol/encodings/cppn/express.js';
import { type CppnGenome, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';

/** `linear` of ACTIVATIONS: clamp(p, −3, 3) / 3. */
const LINEAR = 3;
/** Through it, a value times this weight is itself again where it lies in −1 … 1, as every node's does. */
const AS_IT_IS = 3;

/**
 * A genome that draws one node of an expressed graph alone, in grey: black where it is 0, white where it is 1 or −1, for
 * magnitudes are what becomes colour. `x` and `y` run to the side of the canvas, so they are divided by it.
 */
export function nodeGenome(expressed: ExpressedCppn, node: number, canvas: number): CppnGenome {
  const { activations, start, sources, weights } = expressed;
  const inputs: number = INPUTS.length;
  // The one output comes first among the nodes that are no inputs, so that all of them move up by one.
  const moved = (number: number) => (number < inputs ? number : number + 1);
  const connections = [
    { source: moved(node), target: inputs, weight: node < 2 ? AS_IT_IS / canvas : AS_IT_IS },
  ];
  for (let i = 0; i < activations.length; i++) {
    for (let c = start[i] ?? 0; c < (start[i + 1] ?? 0); c++) {
      connections.push({ source: moved(sources[c] ?? 0), target: inputs + 1 + i, weight: weights[c] ?? 0 });
    }
  }
  connections.sort((a, b) => a.target - b.target || a.source - b.source);
  return {
    encoding: 'cppn',
    canvas,
    outputs: 1,
    activations: Uint8Array.from([LINEAR, ...activations]),
    sources: Uint16Array.from(connections, (c) => c.source),
    targets: Uint16Array.from(connections, (c) => c.target),
    weights: Float32Array.from(connections, (c) => c.weight),
  };
}
