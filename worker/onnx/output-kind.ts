import type { GraphProto } from './file.js';

/**
 * What a network's scores are. `logits`: a softmax makes confidences of them. `softmax`: they are confidences that add up
 * to 1. `sigmoid`: each is a confidence of its own, independent of the others. `sigmoid-logits`: a sigmoid makes such
 * confidences of them. A network with one score has two classes: class 1 has its confidence p, class 0 has 1 − p.
 */
export const OUTPUT_KINDS = ['logits', 'softmax', 'sigmoid', 'sigmoid-logits'] as const;
export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** The classes of a network that gives `width` scores an image: one score tells two classes apart. */
export function classCount(width: number): number {
  return width === 1 ? 2 : width;
}

/** Operators that pass a row of scores on as it is, or as the mean over places in the picture, which changes no kind. */
const TRANSPARENT: readonly string[] = [
  'AveragePool',
  'Cast',
  'DequantizeLinear',
  'Dropout',
  'Flatten',
  'GlobalAveragePool',
  'Identity',
  'QLinearAveragePool',
  'QLinearGlobalAveragePool',
  'QuantizeLinear',
  'ReduceMean',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
];

/** Operators whose results are what they are named for. A sum or a product of features is a logit. */
const ENDS: Readonly<Record<string, OutputKind>> = {
  Softmax: 'softmax',
  QLinearSoftmax: 'softmax',
  Sigmoid: 'sigmoid',
  QLinearSigmoid: 'sigmoid',
  LogSoftmax: 'logits',
  Gemm: 'logits',
  QGemm: 'logits',
  MatMul: 'logits',
  MatMulInteger: 'logits',
  QLinearMatMul: 'logits',
  Conv: 'logits',
  QLinearConv: 'logits',
  Relu: 'logits',
};

/**
 * What the scores of an output are, as the last operator that computes them shows; undefined where it does not (a softmax
 * written as a division, say), which only a trial can tell. A bias may be added after a product.
 */
export function outputKind(graph: GraphProto, output: string): OutputKind | undefined {
  const makers = new Map(
    (graph.node ?? []).flatMap((node) => (node.output ?? []).map((name) => [name, node])),
  );
  let name = output;
  // A graph has no circles, but a broken file may: each node is looked at once.
  for (let steps = 0; steps < makers.size; steps++) {
    const node = makers.get(name);
    const type = node?.opType ?? '';
    if (ENDS[type] !== undefined) return ENDS[type];
    if (type === 'Add' || type === 'QLinearAdd') return 'logits';
    if (!TRANSPARENT.includes(type)) return undefined;
    name = node?.input?.[0] ?? '';
  }
  return undefined;
}
