import { z } from 'zod';
import { same } from './activations.js';
import { folded, joined } from './elementwise.js';
import { axisIn, type LayerKind, layerKind, option } from './kind.js';
import { refusedUse } from './refusal.js';

/** Layers that are called on several tensors. */
export const MERGE_KINDS: Readonly<Record<string, LayerKind>> = {
  Add: merge('Add'),
  Subtract: merge('Sub'),
  Multiply: merge('Mul'),
  Maximum: merge('Max'),
  Minimum: merge('Min'),

  Average: layerKind({}, (_, { graph, inputs, layer }) => {
    const sum = folded(graph, 'Add', inputs, layer);
    const share = graph.floats(Float32Array.of(1 / inputs.length), []);
    return same(sum, graph.node('Mul', [sum.name, share]));
  }),

  Concatenate: layerKind({ axis: z.int().default(-1) }, ({ axis }, { graph, inputs, input, layer }) => {
    return joined(graph, inputs, axisIn(input.shape, axis, layer), layer);
  }),

  /** Of two vectors. */
  Dot: layerKind({ axes: option.axes }, (_, { graph, inputs, layer }) => {
    const [a, b] = inputs;
    if (a?.shape.length !== 1 || b?.shape.length !== 1)
      throw refusedUse(layer, 'multiplies tensors that are no vectors');
    const product = folded(graph, 'Mul', [a, b], layer);
    const ones = graph.floats(new Float32Array(product.shape[0] ?? 1).fill(1), [product.shape[0] ?? 1, 1]);
    return { name: graph.node('MatMul', [product.name, ones]), shape: [1] };
  }),
};

function merge(type: string): LayerKind {
  return layerKind({}, (_, { graph, inputs, layer }) => folded(graph, type, inputs, layer));
}
