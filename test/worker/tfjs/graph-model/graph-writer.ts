import type { RandomStream } from '../../../../protocol/base/random.js';
import type { TfjsModel, WeightSpec } from '../../../../worker/tfjs/files.js';

/** An attribute as GraphDef's JSON has it. */
export type JsonAttribute = Readonly<Record<string, unknown>>;

export const text = (value: string): JsonAttribute => ({ s: Buffer.from(value).toString('base64') });
/** Protobuf's JSON writes 64-bit integers as strings. */
export const whole = (value: number): JsonAttribute => ({ i: String(value) });
export const real = (f: number): JsonAttribute => ({ f });
export const flag = (b: boolean): JsonAttribute => ({ b });
export const type = (name: string): JsonAttribute => ({ type: name });
export const wholes = (values: readonly number[]): JsonAttribute => ({ list: { i: values.map(String) } });
export const texts = (values: readonly string[]): JsonAttribute => ({
  list: { s: values.map((value) => Buffer.from(value).toString('base64')) },
});
export const shape = (sizes: readonly number[]): JsonAttribute => ({
  shape: { dim: sizes.map((size) => ({ size: String(size) })) },
});

/** Writes graph models as the tensorflowjs converter does: a GraphDef in JSON, its constants' numbers in a manifest. */
export interface GraphWriter {
  /** Adds the input; an open size is −1. */
  input(sizes: readonly number[], dtype?: string): string;
  node(op: string, inputs: readonly string[], attr?: Readonly<Record<string, JsonAttribute>>): string;
  floats(values: ArrayLike<number>, sizes?: readonly number[]): string;
  ints(values: readonly number[], sizes?: readonly number[]): string;
  /** Random weights of a size that keeps activations about as large as they were. */
  weights(...sizes: readonly number[]): string;
  /** Random numbers of 0.5 to 1.5. */
  positive(size: number): string;
  /** The model; `outputs` are names of nodes, with ports where they have several. Without them there is no signature. */
  model(outputs?: readonly string[]): TfjsModel;
}

export function graphWriter(random: RandomStream): GraphWriter {
  const nodes: Record<string, unknown>[] = [];
  const specs: WeightSpec[] = [];
  const chunks: Uint8Array[] = [];
  let input = '';
  let inputType = 'DT_FLOAT';

  function node(
    op: string,
    inputs: readonly string[],
    attr: Readonly<Record<string, JsonAttribute>> = {},
  ): string {
    const name = `${op.replace(/^_/, '')}_${nodes.length}`;
    nodes.push({ name, op, input: inputs, attr });
    return name;
  }

  function constant(bytes: Uint8Array, dtype: 'float32' | 'int32', sizes: readonly number[]): string {
    const name = node('Const', [], { dtype: type(dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT') });
    specs.push({ name, shape: [...sizes], dtype });
    chunks.push(bytes);
    return name;
  }

  function floats(values: ArrayLike<number>, sizes: readonly number[] = [values.length]): string {
    return constant(new Uint8Array(Float32Array.from(values).buffer), 'float32', sizes);
  }

  const lengthOf = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);

  return {
    node,
    floats,
    weights(...sizes) {
      const reach = Math.sqrt(3 / lengthOf(sizes.length > 1 ? sizes.slice(0, -1) : [4]));
      const draw = () => reach * (2 * random.uniform() - 1);
      return floats(Float32Array.from({ length: lengthOf(sizes) }, draw), sizes);
    },
    positive: (size) => floats(Float32Array.from({ length: size }, () => 0.5 + random.uniform())),
    input(sizes, dtype = 'DT_FLOAT') {
      inputType = dtype;
      input = node('Placeholder', [], { shape: shape(sizes), dtype: type(dtype) });
      return input;
    },
    ints: (values, sizes = [values.length]) =>
      constant(new Uint8Array(Int32Array.from(values).buffer), 'int32', sizes),
    model(outputs) {
      const entries = (names: readonly string[], dtype: string) =>
        Object.fromEntries(
          names.map((name, i) => [`key_${i}`, { name: name.includes(':') ? name : `${name}:0`, dtype }]),
        );
      return {
        format: 'graph',
        json: {
          format: 'graph-model',
          modelTopology: { node: nodes, library: {}, versions: { producer: 1482 } },
          ...(outputs && {
            signature: { inputs: entries([input], inputType), outputs: entries(outputs, 'DT_FLOAT') },
          }),
        },
        specs,
        data: new Uint8Array(Buffer.concat(chunks)),
      };
    },
  };
}
