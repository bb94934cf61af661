import type { ExpressedCppn } from '../../../../protocol/encodings/cppn/express.js';
import { ACTIVATIONS, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import type { GraphNode } from './graph-model.js';

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
    if (own < 0) return { kind: 'input', name, label: name, activation: '', formula: '' };
    const terms: string[] = [];
    for (let c = start[own] ?? 0; c < (start[own + 1] ?? 0); c++) {
      const weight = weights[c] ?? 0;
      const sign = weight < 0 ? '− ' : terms.length > 0 ? '+ ' : '';
      terms.push(`${sign}${Math.abs(weight).toFixed(2)} ${names[sources[c] ?? 0]}`);
    }
    const kind = isOutput.has(node) ? 'output' : 'hidden';
    const activation = ACTIVATIONS[activations[own] ?? 0] ?? '';
    return {
      kind,
      name,
      label: kind === 'output' ? name : activation,
      activation,
      formula: terms.join(' '),
    };
  });
}
