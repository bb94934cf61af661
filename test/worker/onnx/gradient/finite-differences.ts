import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import type { AttributeMap } from '../../../../worker/onnx/builder.js';
import {
  encodeModel,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
} from '../../../../worker/onnx/file.js';
import { gradientName, reverseMode, seedName } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { ELEMENT, floatTensor, integerTensor } from '../../../../worker/onnx/tensor.js';

/** Numbers with a shape. */
export interface Values {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A small graph from `x` and other values to `y`. */
export interface SmallGraph {
  readonly nodes: readonly NodeProto[];
  /** `x` first. What a gradient is sought by. */
  readonly values: Readonly<Record<string, Values>>;
  /** Constants of whole numbers, one-dimensional. */
  readonly integers?: Readonly<Record<string, readonly number[]>>;
  /** Other constants. */
  readonly constants?: readonly TensorProto[];
  readonly opset?: number;
}

export function op(
  opType: string,
  input: readonly string[],
  output: string | readonly string[],
  attributes: AttributeMap = {},
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => ({ ...value, name }));
  return { opType, input: [...input], output: [output].flat(), attribute };
}

const size = (dims: readonly number[]) => dims.reduce((all, each) => all * each, 1);

/** Evenly spread numbers between −reach and reach in an order drawn at random: no step of a difference meets a tie. */
export function apart(random: RandomStream, dims: readonly number[], reach = 2): Values {
  const length = size(dims);
  const order = Array.from({ length }, (_, i) => ({ i, key: random.uniform() })).sort(
    (a, b) => a.key - b.key,
  );
  const data = new Float32Array(length);
  order.forEach(({ i }, place) => {
    data[i] = reach * ((2 * place + 1) / length - 1);
  });
  return { dims, data };
}

/** Numbers between `least` and `most`. */
export function between(random: RandomStream, dims: readonly number[], least = -1, most = 1): Values {
  const data = Float32Array.from({ length: size(dims) }, () => least + (most - least) * random.uniform());
  return { dims, data };
}

const seedsOf = (random: RandomStream, length: number) =>
  Float32Array.from({ length }, () => 0.5 + random.uniform());

/** The graph as a model that is fed the values named in `fed`; the rest of them are weights. `open`: any number of images. */
function modelOf(graph: SmallGraph, fed: readonly string[], open: boolean): OnnxModel {
  const { nodes, values, integers = {}, constants = [], opset = 17 } = graph;
  const weights = Object.entries(values).filter(([name]) => !fed.includes(name));
  return {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'small',
      node: nodes.map((each) => ({ ...each })),
      initializer: [
        ...weights.map(([name, { dims, data }]) => floatTensor(name, dims, data)),
        ...Object.entries(integers).map(([name, list]) => integerTensor(name, list)),
        ...constants,
      ],
      input: fed.map((name) => ({
        name,
        type: { tensorType: { elemType: ELEMENT.float, shape: { dim: dimsOf(name, values[name], open) } } },
      })),
      output: [{ name: 'y', type: { tensorType: { elemType: ELEMENT.float } } }],
    },
  };
}

function dimsOf(name: string, values: Values | undefined, open: boolean) {
  return (values?.dims ?? []).map((dimValue, i) =>
    open && name === 'x' && i === 0 ? { dimParam: 'N' } : { dimValue },
  );
}

export async function sessionOf(model: OnnxModel): Promise<InferenceSession> {
  return InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1, logSeverityLevel: 4 });
}

const tensorOf = ({ dims, data }: Values) => new Tensor('float32', data, [...dims]);

const feedsOf = (values: Readonly<Record<string, Values>>) =>
  Object.fromEntries(Object.entries(values).map(([name, each]) => [name, tensorOf(each)]));

export interface Comparison {
  /** A step of the difference; half of it is taken too, for Richardson's extrapolation. */
  readonly step?: number;
  /** Greatest difference, relative to the greatest number of the gradient. */
  readonly tolerance?: number;
  /** The first dimension of x counts images, of which there may be any number. */
  readonly open?: boolean;
  /** For which device the gradient's graph is written; see Differentiation. It runs on the CPU here. */
  readonly onCpu?: boolean;
  /** By what a gradient is sought. */
  readonly by?: readonly string[];
}

/**
 * Compares the gradient of Σ seed · y by every value with central differences, number by number; then the gradient by x once
 * more with all other values as weights of the network, which rules may make use of. Returns the gradients.
 */
export async function expectGradient(
  random: RandomStream,
  graph: SmallGraph,
  {
    step = 1e-2,
    tolerance = 2e-3,
    open = false,
    onCpu = false,
    by = Object.keys(graph.values),
  }: Comparison = {},
): Promise<Readonly<Record<string, Float32Array>>> {
  const names = Object.keys(graph.values);
  const model = modelOf(graph, names, open);
  const forward = await sessionOf(model);
  const y = (await forward.run(feedsOf(graph.values))).y;
  const seed = { dims: y?.dims ?? [], data: seedsOf(random, y?.data.length ?? 0) };
  const found = await gradientsOf(model, graph, names, by, seed, onCpu);
  const difference = await differences(forward, graph, seed, by, step);
  for (const name of by) expectNear(found[name], difference[name], tolerance, name);
  await forward.release();
  if (by.includes('x') && names.length > 1) {
    const fixed = await gradientsOf(modelOf(graph, ['x'], open), graph, ['x'], ['x'], seed, onCpu);
    expectNear(fixed.x, found.x, 1e-5, 'x with weights');
  }
  return found;
}

/** The gradient of Σ seed · y by x. */
export async function gradientOfX(graph: SmallGraph, seed: Values, onCpu: boolean): Promise<number[]> {
  const { x = [] } = await gradientsOf(modelOf(graph, ['x'], false), graph, ['x'], ['x'], seed, onCpu);
  return Array.from(x);
}

async function gradientsOf(
  model: OnnxModel,
  { values }: SmallGraph,
  fed: readonly string[],
  by: readonly string[],
  seed: Values,
  onCpu: boolean,
): Promise<Record<string, Float32Array>> {
  const session = await sessionOf(reverseMode(model, { output: 'y', withRespectTo: by, onCpu }));
  const feeds = feedsOf(Object.fromEntries(fed.map((name) => [name, values[name] ?? seed])));
  const results = await session.run({ ...feeds, [seedName('y')]: tensorOf(seed) });
  const found: Record<string, Float32Array> = {};
  for (const name of by) {
    const result = results[gradientName(name)];
    expect(result?.dims, `shape of the gradient by ${name}`).toEqual(values[name]?.dims);
    found[name] = Float32Array.from(result?.data as Float32Array);
  }
  await session.release();
  return found;
}

/** (4 D(h/2) − D(h)) / 3 with D(h) = (f(v + h) − f(v − h)) / 2h: the error is of order h⁴. */
async function differences(
  session: InferenceSession,
  { values }: SmallGraph,
  seed: Values,
  by: readonly string[],
  step: number,
): Promise<Record<string, Float64Array>> {
  const found: Record<string, Float64Array> = {};
  for (const name of by) {
    const { dims, data } = values[name] ?? { dims: [], data: new Float32Array() };
    const value = async (i: number, shift: number) => {
      const moved = Float32Array.from(data);
      moved[i] = (data[i] ?? 0) + shift;
      const result = await session.run(feedsOf({ ...values, [name]: { dims, data: moved } }));
      const numbers = result.y?.data as Float32Array;
      return numbers.reduce((sum, each, k) => sum + each * (seed.data[k] ?? 0), 0);
    };
    const slopes = new Float64Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const [wide, narrow] = [step, step / 2];
      const first = ((await value(i, wide)) - (await value(i, -wide))) / (2 * wide);
      const second = ((await value(i, narrow)) - (await value(i, -narrow))) / (2 * narrow);
      slopes[i] = (4 * second - first) / 3;
    }
    found[name] = slopes;
  }
  return found;
}

function expectNear(
  found: ArrayLike<number> | undefined,
  wanted: ArrayLike<number> | undefined,
  tolerance: number,
  name: string,
): void {
  expect(found?.length, name).toBe(wanted?.length);
  const list = Array.from(wanted ?? []);
  const scale = list.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-3);
  const worst = list.reduce((most, each, i) => {
    const difference = Math.abs(each - (found?.[i] ?? Number.NaN));
    // Not-a-number is worse than any difference.
    return difference <= most ? most : difference;
  }, 0);
  if (worst / scale <= tolerance) return;
  const pairs = list
    .slice(0, 12)
    .map((each, i) => `${each.toPrecision(4)}/${(found?.[i] ?? 0).toPrecision(4)}`);
  expect.fail(`the gradient by ${name} is ${worst} off (of ${scale}): wanted/found ${pairs.join(' ')}`);
}
