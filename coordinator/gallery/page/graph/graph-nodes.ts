import type { ExpressedCppn } from '../../../../protocol/encodings/cppn/express.js';
import { ACTIVATIONS, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';

/** What is said of a node. */
export interface GraphNode {
  readonly kind: 'input' | 'hidden' | 'output';
  readonly name: string;
  /** '' for inputs. */
  readonly activation: string;
  /** The sum that it takes: `1.20 x − 0.31 node 7`. */
  readonly formula: string;
}

const COLOURS = { 1: ['grey'], 3: ['hue', 'lightness', 'saturation'] } as const;

/** The nodes of an expressed graph, by their numbers. */
export function nodesOf({ activations, start, sources, weights, outputs }: ExpressedCppn): GraphNode[] {
  const names: string[] = [...INPUTS, ...Array.from(activations, (_, i) => `node ${i + 1}`)];
  const colours = outputs.length === 1 ? COLOURS[1] : COLOURS[3];
  outputs.forEach((node, i) => {
    names[node] = colours[i] ?? '';
  });
  const isOutput = new Set(outputs);
  return names.map((name, node) => {
    const own = node - INPUTS.length;
    if (own < 0) return { kind: 'input', name, activation: '', formula: '' };
    const terms: string[] = [];
    for (let c = start[own] ?? 0; c < (start[own + 1] ?? 0); c++) {
      const weight = weights[c] ?? 0;
      const sign = weight < 0 ? '− ' : terms.length > 0 ? '+ ' : '';
      terms.push(`${sign}${Math.abs(weight).toFixed(2)} ${names[sources[c] ?? 0]}`);
    }
    return {
      kind: isOutput.has(node) ? 'output' : 'hidden',
      name,
      activation: ACTIVATIONS[activations[own] ?? 0] ?? '',
      formula: terms.join(' '),
    };
  });
}
