import { ACTIVATIONS, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import type { Genome } from '../../../../protocol/encodings/genome.js';

/** A genome as people read it: nodes and connections by name, or pixels as numbers 0 … 65535. */
export function genomeJson(genome: Genome, digest: string): object {
  if (genome.encoding === 'direct') {
    const { encoding, width, height, channels, genes } = genome;
    return { encoding, digest, width, height, channels, genes: Array.from(genes) };
  }
  const { encoding, canvas, outputs, activations, sources, targets, weights } = genome;
  const names = outputs === 1 ? ['grey'] : ['hue', 'lightness', 'saturation'];
  return {
    encoding,
    digest,
    canvas,
    nodes: [
      ...INPUTS.map((name, id) => ({ id, kind: 'input', name })),
      ...Array.from(activations, (activation, i) => ({
        id: INPUTS.length + i,
        kind: i < outputs ? 'output' : 'hidden',
        ...(i < outputs && { name: names[i] }),
        activation: ACTIVATIONS[activation],
      })),
    ],
    connections: Array.from(weights, (weight, c) => ({ source: sources[c], target: targets[c], weight })),
  };
}
