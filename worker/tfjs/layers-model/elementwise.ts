import { z } from 'zod';
import { type GraphBuilder, int } from '../../onnx/builder.js';
import { lengthOf } from '../shape.js';
import { same } from './activations.js';
import type { LayerName } from './kind.js';
import { refusedUse } from './refusal.js';
import {
  axisOf,
  dimsOf,
  inTensorflowOrder,
  isPlanar,
  planar,
  reshaped,
  straightened,
  type Value,
} from './values.js';

/** Numbers as a topology has them, with the shape of the list that they stand in. */
export interface Numbers {
  readonly values: readonly number[];
  readonly shape: readonly number[];
}

/** Applies an operator of two inputs to one tensor after the other, broadcasting as TensorFlow does. */
export function folded(graph: GraphBuilder, type: string, values: readonly Value[], layer: LayerName): Value {
  const [first, ...rest] = alike(graph, values);
  if (first === undefined) throw refusedUse(layer, 'is called on no tensor');
  let result = first;
  for (const value of rest) {
    const shape = broadcast(result.shape, value.shape, layer);
    result = same({ ...result, shape }, graph.node(type, [result.name, value.name]));
  }
  return result;
}

/** Tensors of one rank, all lying in one way; TensorFlow.js puts dimensions of 1 behind the batch of those that have fewer. */
export function alike(graph: GraphBuilder, values: readonly Value[]): readonly Value[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  const lifted = values.map((value) => {
    const missing = rank - value.shape.length;
    if (missing === 0) return value;
    const shape = [...Array.from({ length: missing }, () => 1), ...value.shape];
    return reshaped(graph, inTensorflowOrder(graph, value), shape);
  });
  return lifted.some(isPlanar) ? lifted.map((value) => planar(graph, value)) : lifted;
}

/** Tensors one after the other along the dimension `along`, counted without the batch, in which alone they may differ. */
export function joined(
  graph: GraphBuilder,
  inputs: readonly Value[],
  along: number,
  layer: LayerName,
): Value {
  const values = alike(graph, inputs);
  const [first] = values;
  const others = ({ shape }: Value) => String(shape.map((size, i) => (i === along ? 0 : size)));
  if (first === undefined || values.some((value) => others(value) !== others(first))) {
    const shapes = values.map(({ shape }) => `[${shape.join(', ')}]`);
    throw refusedUse(layer, `is called on tensors of shapes ${shapes.join(' and ')}`);
  }
  const total = values.reduce((sum, { shape }) => sum + (shape[along] ?? 0), 0);
  const names = values.map(({ name }) => name);
  const shape = first.shape.map((size, i) => (i === along ? total : size));
  return same({ ...first, shape }, graph.node('Concat', names, { axis: int(axisOf(first, along)) }));
}

/** A tensor and a constant, in this order or, where `swapped`, in the other. */
export function withConstant(
  graph: GraphBuilder,
  type: string,
  value: Value,
  { values, shape: declared }: Numbers,
  { swapped, layer }: { readonly swapped: boolean; readonly layer: LayerName },
): Value {
  // Dimensions of 1 may stand where the batch is.
  const shape =
    declared.length > value.shape.length ? declared.slice(declared.length - value.shape.length) : declared;
  if (lengthOf(shape) !== values.length) {
    throw refusedUse(layer, `computes with a constant of shape [${declared.join(', ')}]`);
  }
  const last = shape.length === 0 || lengthOf(shape) === shape.at(-1);
  const beside = last ? value : straightened(graph, value);
  const dims = last
    ? vectorAlongLast(beside, shape.at(-1) ?? 1)
    : [...Array.from({ length: value.shape.length - shape.length }, () => 1), ...shape];
  const constant = graph.floats(Float32Array.from(values), shape.length === 0 ? [] : dims);
  const names = swapped ? [constant, beside.name] : [beside.name, constant];
  return same({ ...beside, shape: broadcast(value.shape, shape, layer) }, graph.node(type, names));
}

const numberSchema = z.union([z.number(), z.boolean().transform(Number)]);

/** A number or a list of lists of numbers; undefined: something else. */
export function numbersOf(constant: unknown): Numbers | undefined {
  const scalar = numberSchema.safeParse(constant);
  if (scalar.success) return { values: [scalar.data], shape: [] };
  if (!Array.isArray(constant) || constant.length === 0) return undefined;
  const rows = constant.map(numbersOf).filter((row) => row !== undefined);
  const inner = rows[0]?.shape;
  if (inner === undefined || rows.length < constant.length) return undefined;
  if (!rows.every(({ shape }) => String(shape) === String(inner))) return undefined;
  return { values: rows.flatMap(({ values }) => values), shape: [rows.length, ...inner] };
}

function vectorAlongLast(value: Value, size: number): readonly number[] {
  const dims = dimsOf(value).map(() => 1);
  dims[isPlanar(value) ? 0 : dims.length - 1] = size;
  return dims;
}

/** The shape that two give together, each dimension of which is alike or 1 in one of them. */
function broadcast(a: readonly number[], b: readonly number[], layer: LayerName): readonly number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], i: number) => shape[i - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [at(a, i), at(b, i)];
    if (m === n || m === 1 || n === 1) return Math.max(m, n);
    throw refusedUse(layer, `is called on tensors of shapes [${a.join(', ')}] and [${b.join(', ')}]`);
  });
}
