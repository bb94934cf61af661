import type { AttributeProto, ModelProto, NodeProto, TensorProto } from '../../../worker/onnx/file.js';
import { ELEMENT, floatTensor, integerTensor } from '../../../worker/onnx/tensor.js';

/** ONNX networks of a few nodes, each a case of its own, over images of 3 × 4 × 4 and 5 classes. */

export const SIDE = 4;
export const FEATURES = 3 * SIDE * SIDE;
export const CLASSES = 5;

type Dims = readonly (number | string)[];

export interface Port {
  readonly name: string;
  readonly dims: Dims;
  readonly element?: number;
}

export interface TinyNetwork {
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
  readonly nodes: readonly NodeProto[];
  readonly weights?: readonly TensorProto[];
}

export const IMAGE: Port = { name: 'x', dims: [1, 3, SIDE, SIDE] };
export const SCORES: Port = { name: 'y', dims: [1, CLASSES] };

export function tinyModel({
  inputs = [IMAGE],
  outputs = [SCORES],
  nodes,
  weights = [],
}: TinyNetwork): ModelProto {
  return {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 13 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'tiny',
      node: [...nodes],
      initializer: [...weights],
      input: inputs.map(valueInfo),
      output: outputs.map(valueInfo),
    },
  };
}

function valueInfo({ name, dims, element = ELEMENT.float }: Port) {
  const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: element, shape: { dim } } } };
}

export function node(
  opType: string,
  input: string[],
  output: string,
  ...attribute: AttributeProto[]
): NodeProto {
  return { opType, input, output: [output], attribute };
}

/** The weight from feature f to class c. */
export function weightAt(f: number, c: number): number {
  return Math.sin(1 + f * CLASSES + c);
}

const values = Float32Array.from({ length: FEATURES * CLASSES }, (_, i) =>
  weightAt(Math.floor(i / CLASSES), i % CLASSES),
);
export const WEIGHTS = floatTensor('w', [FEATURES, CLASSES], values);
/** One shape for two nodes, as exporters write it. */
export const FLAT = integerTensor('flat', [1, FEATURES]);

export const flatten = (from: string, to: string) => node('Reshape', [from, 'flat'], to);
export const dense = (from: string, to: string) => node('MatMul', [from, 'w'], to);
const softmaxNode = (from: string, to: string) =>
  node('Softmax', [from], to, { name: 'axis', type: 2, i: 1 });

/** Fixed batch of 1; its Reshape can be opened. */
export const linear = (): ModelProto =>
  tinyModel({ nodes: [flatten('x', 'f'), dense('f', 'y')], weights: [FLAT, WEIGHTS] });

/** Fixed batch of 1; it folds the batch into the features, so that two images do not even fit. */
export const folded = (): ModelProto =>
  tinyModel({
    nodes: [node('Reshape', ['x', 'all'], 'f'), node('Unsqueeze', ['f', 'axis'], 'g'), dense('g', 'y')],
    weights: [integerTensor('all', [FEATURES]), integerTensor('axis', [0]), WEIGHTS],
  });

/** Takes the batch's mean image off every image: with one image all is well, with two they meet. */
export const coupled = (batch: number | string): ModelProto =>
  tinyModel({
    inputs: [{ name: 'x', dims: [batch, 3, SIDE, SIDE] }],
    outputs: [{ name: 'y', dims: [batch, CLASSES] }],
    nodes: [
      node('ReduceMean', ['x'], 'mean', { name: 'axes', type: 7, ints: [0] }),
      node('Mul', ['mean', 'half'], 'part'),
      node('Sub', ['x', 'part'], 'd'),
      node('Reshape', ['d', 'open'], 'f'),
      dense('f', 'y'),
    ],
    weights: [floatTensor('half', [], Float32Array.of(0.5)), integerTensor('open', [-1, FEATURES]), WEIGHTS],
  });

/** Quantises its activations as it runs, with one scale for the whole batch. */
export const dynamicallyQuantised = (): ModelProto =>
  tinyModel({
    inputs: [{ name: 'x', dims: ['N', 3, SIDE, SIDE] }],
    outputs: [{ name: 'y', dims: ['N', CLASSES] }],
    nodes: [
      { opType: 'DynamicQuantizeLinear', input: ['x'], output: ['q', 'scale', 'zero'] },
      node('DequantizeLinear', ['q', 'scale', 'zero'], 'd'),
      node('Reshape', ['d', 'open'], 'f'),
      dense('f', 'y'),
    ],
    weights: [integerTensor('open', [-1, FEATURES]), WEIGHTS],
  });

/** Images in NHWC, any batch. */
export const channelsLast = (): ModelProto =>
  tinyModel({
    inputs: [{ name: 'x', dims: ['N', SIDE, SIDE, 3] }],
    outputs: [{ name: 'y', dims: ['N', CLASSES] }],
    nodes: [node('Reshape', ['x', 'open'], 'f'), dense('f', 'y')],
    weights: [integerTensor('open', [-1, FEATURES]), WEIGHTS],
  });

/** float16 throughout, softmax of shape [1,5,1,1]; weights as the bits of 2^-k, which float16 holds exactly. */
export const half = (): ModelProto =>
  tinyModel({
    inputs: [{ ...IMAGE, element: ELEMENT.float16 }],
    outputs: [{ name: 'y', dims: [1, CLASSES, 1, 1], element: ELEMENT.float16 }],
    nodes: [flatten('x', 'f'), dense('f', 'g'), node('Reshape', ['g', 'tail'], 'h'), softmaxNode('h', 'y')],
    weights: [FLAT, integerTensor('tail', [1, CLASSES, 1, 1]), halfWeights()],
  });

export const halfWeightAt = (f: number, c: number): number => 2 ** -(1 + ((f + c) % 5));

function halfWeights(): TensorProto {
  const bits = Uint16Array.from({ length: FEATURES * CLASSES }, (_, i) => {
    const exponent = Math.log2(halfWeightAt(Math.floor(i / CLASSES), i % CLASSES));
    return (15 + exponent) << 10;
  });
  return {
    name: 'w',
    dataType: ELEMENT.float16,
    dims: [FEATURES, CLASSES],
    rawData: new Uint8Array(bits.buffer),
  };
}

/** A row of scores and, beside it, an output of `others` numbers a row. */
export const twoOutputs = (others: number): ModelProto =>
  tinyModel({
    outputs: [{ name: 'z', dims: [1, others] }, SCORES],
    nodes: [flatten('x', 'f'), dense('f', 'y'), node('MatMul', ['f', 'v'], 'z')],
    weights: [
      FLAT,
      WEIGHTS,
      floatTensor('v', [FEATURES, others], new Float32Array(FEATURES * others).fill(0.01)),
    ],
  });

/** The logits and their softmax, both given out. */
export const logitsAndSoftmax = (): ModelProto =>
  tinyModel({
    outputs: [SCORES, { name: 'p', dims: [1, CLASSES] }],
    nodes: [flatten('x', 'f'), dense('f', 'y'), softmaxNode('y', 'p')],
    weights: [FLAT, WEIGHTS],
  });

/** Gives a softmax as ONNX has it. */
export const certain = (): ModelProto =>
  tinyModel({ nodes: [flatten('x', 'f'), dense('f', 'g'), softmaxNode('g', 'y')], weights: [FLAT, WEIGHTS] });

/** {@link linear} with its weights in another file: its bytes, and those of that file, where they begin at 16. */
export function kept(location: string): { model: ModelProto; data: Uint8Array } {
  const model = linear();
  const { rawData, ...rest } = WEIGHTS;
  const bytes = rawData ?? new Uint8Array();
  const externalData = Object.entries({ location, offset: '16', length: String(bytes.length) }).map(
    ([key, value]) => ({ key, value }),
  );
  const graph = { ...model.graph, initializer: [FLAT, { ...rest, externalData, dataLocation: 1 }] };
  return { model: { ...model, graph }, data: Buffer.concat([Buffer.alloc(16), bytes]) };
}
