import { BadInputError } from '../../../protocol/base/errors.js';
import type { GraphBuilder } from '../../onnx/builder.js';
import type { Argument, Call, TensorRef } from './calls.js';
import type { LayerCall, Operand } from './kind.js';
import { kindOf, passesOn } from './kinds.js';
import { type Refusal, refusedLayer, refusedUse } from './refusal.js';
import type { Layer, Network, Topology } from './topology.js';
import type { Value } from './values.js';
import type { WeightFinder, WeightOwner } from './weight-finder.js';

/** What a network is written with. */
export interface Writing {
  readonly graph: GraphBuilder;
  readonly weights: WeightFinder;
}

/** What a network became. */
export interface Written {
  readonly outputs: readonly Value[];
  /** A layer that comes before any other computation scales bytes. */
  readonly takesBytes: boolean;
}

/** Scaled by less than this, or shifted by more: the numbers that come in are bytes, not parts of 1. */
const BYTE_SCALE = 0.1;
const BYTE_SHIFT = 2;

/** Writes `network`, called on `input`, into a graph. Throws a {@link Refusal} for what cannot be converted. */
export function writeNetwork({ network, keras }: Topology, input: Value, writing: Writing): Written {
  const { graph, weights } = writing;
  const weightsOf = createWeightBook(weights);
  /** Tensors that are the input still: flipped, cut or resized, but not computed with. */
  const raw = new Set([input.name]);
  let takesBytes = false;

  const outputs = applyNetwork(network, [input], []);
  return { outputs, takesBytes };

  function applyNetwork(
    { name, layers, inputs, outputs }: Network,
    given: readonly Value[],
    path: readonly string[],
  ): readonly Value[] {
    const inner = [...path, name];
    const values = new Map<string, readonly Value[]>();
    inputs.forEach((ref, i) => {
      const value = given[i];
      if (value !== undefined) values.set(keyOf(ref), [value]);
    });
    const underway = new Set<string>();

    /** Keras lists most networks in an order in which they can be computed, but does not promise it. */
    function resultOf(ref: TensorRef): Value {
      const key = keyOf(ref);
      const layer = layers.get(ref.layer);
      const call = layer?.calls[ref.call - layer.firstCall];
      if (!values.has(key) && layer !== undefined && call !== undefined && !underway.has(key)) {
        underway.add(key);
        values.set(key, applyLayer(ref.layer, layer, call, resultOf, inner));
      }
      const value = values.get(key)?.[ref.output];
      if (value !== undefined) return value;
      throw new BadInputError({
        code: 'ERR_MODEL_FILE',
        problem: `The layers of the model do not follow from its input: "${ref.layer}" ${underway.has(key) ? 'waits for itself' : 'is not called'}`,
        fix: 'Export the model again',
      });
    }

    for (const [key, layer] of layers) {
      layer.calls.forEach((_, i) => {
        resultOf({ layer: key, call: layer.firstCall + i, output: 0 });
      });
    }
    return outputs.map(resultOf);
  }

  function applyLayer(
    key: string,
    layer: Layer,
    { positional, named }: Call,
    resultOf: (ref: TensorRef) => Value,
    path: readonly string[],
  ): readonly Value[] {
    const operand = (argument: Argument): Operand => ('ref' in argument ? resultOf(argument.ref) : argument);
    const operands = positional.map(operand);
    const byName = Object.fromEntries(Object.entries(named).map(([name, each]) => [name, operand(each)]));
    const inputs = [...operands, ...Object.values(byName)].filter((each) => 'shape' in each);
    const [input] = inputs;
    const layerName = { name: layer.name ?? key, className: layer.className, keras };
    if (input === undefined) throw refusedUse(layerName, 'is called on no tensor');
    if (layer.network !== undefined) return applyNetwork(layer.network, inputs, path);
    if (layer.className === 'InputLayer') return [input];
    const kind = kindOf(layer);
    if (kind === undefined) throw refusedLayer(layerName);
    const isRaw = inputs.every(({ name }) => raw.has(name));
    const call: LayerCall = {
      layer: layerName,
      graph,
      inputs,
      input,
      positional: operands,
      named: byName,
      weight: weightsOf({ name: layer.name, path }, [...path, key].join('/'), layerName),
      scales(scale, offset) {
        if (!isRaw) return;
        takesBytes ||= Math.abs(scale) < BYTE_SCALE || Math.abs(offset / scale) > BYTE_SHIFT;
      },
    };
    const value = kind(layer.config, call);
    if (isRaw && passesOn(layer)) raw.add(value.name);
    return [value];
  }
}

/** Finds the weights of layers, each once: a layer that is called twice has the same. */
function createWeightBook(weights: WeightFinder) {
  const found = new Map<string, Float32Array>();
  return (owner: WeightOwner, id: string, layer: LayerCall['layer']): LayerCall['weight'] => {
    let index = 0;
    return (names, shape) => {
      const place = index++;
      const weightId = `${id}#${place}`;
      const known = found.get(weightId);
      if (known !== undefined) return known;
      const called = [names].flat();
      const weight = weights.find(owner, called, place, shape);
      if (weight === undefined || String(weight.shape) !== String(shape)) {
        throw wrongWeight(layer, called[0] ?? '', shape, weight?.shape);
      }
      found.set(weightId, weight.values);
      return weight.values;
    };
  };
}

function wrongWeight(
  { name, className }: LayerCall['layer'],
  weight: string,
  shape: readonly number[],
  came: readonly number[] | undefined,
): BadInputError {
  const whose = `"${weight}" of the layer "${name}" (${className})`;
  return new BadInputError({
    code: 'ERR_LAYER_WEIGHT',
    problem:
      came === undefined
        ? `The weight ${whose} is missing`
        : `The weight ${whose} has the shape [${came.join(', ')}], but [${shape.join(', ')}] is needed`,
    fix: 'Export the model again, model.json and all its shards',
  });
}

function keyOf({ layer, call }: TensorRef): string {
  return `${call}:${layer}`;
}
