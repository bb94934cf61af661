import { BATCH } from '../batch.js';
import { type GraphBuilder, int } from '../builder.js';
import type { GraphProto, NodeProto, OnnxModel, ValueInfoProto } from '../file.js';
import type { NetworkInput } from '../network.js';
import type { OutputKind } from '../output-kind.js';
import { product } from '../shapes/list.js';
import { type InputShapes, shapesOf } from '../shapes/shapes.js';
import { ELEMENT } from '../tensor.js';
import { settled } from './branches.js';
import { modern } from './modern.js';
import { type Differentiation, reverseMode, type Seed, type Seeding } from './reverse-mode.js';

/** A classifier's network, as it is fed. */
export interface ClassScores {
  readonly input: string;
  /** Of one image, without the batch. */
  readonly dims: readonly number[];
  readonly batch: NetworkInput['batch'];
  /** The output that holds the scores. */
  readonly output: string;
  /** Scores an image. */
  readonly width: number;
  readonly kind: OutputKind;
  /** See Differentiation. */
  readonly onCpu?: boolean;
}

/** The input that takes a class for each image: 64-bit integers, shape [N]. */
export const CLASS_IDS = 'atoll/classes';

/**
 * The graph that gives a network's scores and the gradient of −log p by its input, where p is the confidence in the class that
 * is fed as {@link CLASS_IDS}; the gradient is called gradientName(input). Where the network ends in a softmax or a sigmoid,
 * it is differentiated together with the logarithm, by p − [is the class], which does not vanish with p. Throws as
 * {@link reverseMode} does.
 */
export function classGradient(model: OnnxModel, scores: ClassScores): OnnxModel {
  const { input, output } = scores;
  const inputs = inputShapes(scores);
  const end = endOf(model, scores, inputs);
  return reverseMode(model, {
    output: end.value,
    outputs: [output],
    onCpu: scores.onCpu ?? false,
    withRespectTo: [input],
    inputs,
    seed: (seeding) => seedOf(seeding, end.value, end.squashed, scores),
  });
}

/** The shape of what a classifier's network is fed. */
export function inputShapes({
  input,
  dims,
  batch,
}: Pick<ClassScores, 'input' | 'dims' | 'batch'>): InputShapes {
  const first = batch === 'any' ? [BATCH] : batch === 'single' ? [] : [batch];
  return { [input]: [...first, ...dims] };
}

/** What is differentiated, and the function that makes confidences of it: none, where it is confidences. */
interface End {
  readonly value: string;
  readonly squashed: 'Softmax' | 'Sigmoid' | 'none';
}

function endOf(
  model: OnnxModel,
  { output, kind, width }: ClassScores,
  inputs: Differentiation['inputs'],
): End {
  const asItIs: End = { value: output, squashed: 'none' };
  switch (kind) {
    case 'logits': {
      if (width === 1) return { value: output, squashed: 'Sigmoid' };
      // The logarithm of a softmax is minus infinity where that is 0; a softmax of it gives what it was made of.
      const probabilities = squashedBy(model.graph, output, 'Log');
      const value = probabilities && squashedBy(model.graph, probabilities, 'Softmax');
      return { value: isRow(value) ? value : output, squashed: 'Softmax' };
    }
    case 'sigmoid-logits':
      return { value: output, squashed: 'Sigmoid' };
    case 'softmax':
    case 'sigmoid': {
      const squashed = kind === 'softmax' ? 'Softmax' : 'Sigmoid';
      const value = squashedBy(model.graph, output, squashed);
      return isRow(value) ? { value, squashed } : asItIs;
    }
  }

  function isRow(value: string | undefined): value is string {
    const shape =
      value === undefined ? undefined : shapesOf(settled(modern(model, 'shapes/'), inputs), inputs).of(value);
    return shape !== undefined && [width, width * BATCH].includes(rowLength(shape));
  }
}

/** Numbers of a value, but for those that a fixed batch counts. */
function rowLength(shape: readonly number[]): number {
  const [first = 1, ...rest] = shape;
  return rest.length > 0 && first % BATCH !== 0 ? product(rest) : product(shape);
}

/** Operators that leave a row of scores as it is, but for rounding. */
const SHAPED: readonly string[] = [
  'Cast',
  'DequantizeLinear',
  'Dropout',
  'Flatten',
  'Identity',
  'QuantizeLinear',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
];

/** What the operator that `output` is the result of is applied to, where there is nothing between but changes of shape. */
function squashedBy(graph: GraphProto, output: string, operator: string): string | undefined {
  const makers = new Map<string, NodeProto>();
  for (const node of graph.node ?? []) for (const name of node.output ?? []) makers.set(name, node);
  let maker = makers.get(output);
  // A graph has no circles, but a broken file may.
  for (let steps = 0; steps < makers.size && maker !== undefined; steps++) {
    const [input = '', divisor = ''] = maker.input ?? [];
    if (maker.opType === operator) return input;
    if (maker.opType === 'Div' && operator === 'Softmax')
      return exponents(makers.get(input), makers.get(divisor));
    if (!SHAPED.includes(maker.opType ?? '')) return undefined;
    maker = makers.get(input);
  }
  return undefined;
}

/** What a softmax is of that is written as a quotient: powers of e by their sum. */
function exponents(powers: NodeProto | undefined, sum: NodeProto | undefined): string | undefined {
  const isSum = sum?.opType === 'ReduceSum' && sum.input?.[0] === powers?.output?.[0];
  return powers?.opType === 'Exp' && isSum ? powers.input?.[0] : undefined;
}

function seedOf(
  { graph, shape }: Seeding,
  value: string,
  squashed: End['squashed'],
  { width, kind }: ClassScores,
): Seed {
  const rows = graph.node('Reshape', [value, graph.integers([-1, width])]);
  const confidences = squashed === 'none' ? rows : graph.node(squashed, [rows], SQUASHED[squashed]);
  const wanted = isClass(graph, width);
  const slopes =
    squashed === 'none'
      ? ofConfidences(graph, confidences, wanted, width)
      : ofLogits(graph, confidences, wanted, width > 1 && kind.startsWith('sigmoid'));
  const like = graph.node('Shape', [value]);
  const name = shape.length === 2 ? slopes : graph.node('Reshape', [slopes, like]);
  return { name, inputs: [classIdsInput()] };
}

const SQUASHED = { Softmax: { axis: int(-1) }, Sigmoid: {} };

/** 1 for the class of each image, 0 for the others: [N, width]. Of a single score: whether class 1 is meant. */
function isClass(graph: GraphBuilder, width: number): string {
  const ids = graph.node('Reshape', [CLASS_IDS, graph.integers([-1, 1])]);
  const all = width === 1 ? [1] : Array.from({ length: width }, (_, classId) => classId);
  return graph.node('Cast', [graph.node('Equal', [ids, graph.integers(all)])], { to: int(ELEMENT.float) });
}

/** By logits: p − [is the class]; of classes that are independent, of the class alone. */
function ofLogits(graph: GraphBuilder, p: string, wanted: string, independent: boolean): string {
  const slopes = graph.node('Sub', [p, wanted]);
  return independent ? graph.node('Mul', [slopes, wanted]) : slopes;
}

/** Confidences below this are taken for it: 1/p stays finite. */
const LEAST = 1e-30;

/** By confidences: −1/p of the class. Of a single score p, class 0 has 1 − p. */
function ofConfidences(graph: GraphBuilder, p: string, wanted: string, width: number): string {
  const least = graph.scalar(LEAST);
  const one = graph.scalar(1);
  const rising = graph.node('Div', [wanted, graph.node('Max', [p, least])]);
  if (width > 1) return graph.node('Neg', [rising]);
  const other = graph.node('Max', [graph.node('Sub', [one, p]), least]);
  return graph.node('Sub', [graph.node('Div', [graph.node('Sub', [one, wanted]), other]), rising]);
}

function classIdsInput(): ValueInfoProto {
  const shape = { dim: [{ dimParam: 'images' }] };
  return { name: CLASS_IDS, type: { tensorType: { elemType: ELEMENT.int64, shape } } };
}
