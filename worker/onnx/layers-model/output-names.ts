import type { Network } from './topology.js';

/**
 * The names that TensorFlow.js gives to a model's outputs: those of the layers that they come from. A Sequential that
 * holds one other model has the outputs of that model for its own. A second output of one name gets a number.
 */
export function outputNames(network: Network): readonly string[] {
  const seen = new Map<string, number>();
  return sourceNames(network).map((name) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name}_${before}`;
  });
}

function sourceNames({ layers, outputs }: Network): readonly string[] {
  const [first, second, ...more] = [...layers.values()];
  // The input layer that stands for none has no name.
  const isBare = first?.className === 'InputLayer' && first.name === undefined && more.length === 0;
  if (isBare && second?.network !== undefined) return sourceNames(second.network);
  return outputs.map((ref) => layers.get(ref.layer)?.name ?? ref.layer);
}
