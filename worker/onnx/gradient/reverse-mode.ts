import { BadInputError } from '../../../protocol/base/errors.js';
import { attributesOf } from '../attributes.js';
import { portDims } from '../batch.js';
import { type GraphBuilder, graphBuilder, type Port, valueInfo } from '../builder.js';
import type { GraphProto, NodeProto, OnnxModel, TensorProto, ValueInfoProto } from '../file.js';
import { takenBy } from '../graph.js';
import { type InputShapes, type Shapes, shapesOf } from '../shapes/shapes.js';
import { readBytes, readFloats } from '../tensor.js';
import { adjoints } from './adjoints.js';
import { settled } from './branches.js';
import { isOwn, MICROSOFT, modern, operatorSet } from './modern.js';
import type { Call, Rule } from './rule.js';
import { RULES, still } from './rules.js';

/** What is differentiated, and by what. */
export interface Differentiation {
  /** The value that is differentiated. */
  readonly output: string;
  /** Fed inputs or weights. */
  readonly withRespectTo: readonly string[];
  /**
   * Gives the gradient of whatever is sought by `output`, in the shape of `output`. By default it is fed, as input
   * {@link seedName}.
   */
  readonly seed?: (seeding: Seeding) => Seed;
  /** Shapes of fed inputs where the file leaves them open; a first size that is open counts images. */
  readonly inputs?: InputShapes;
  /**
   * Whether the graph is for a CPU: there integers are as fast as floats, and a convolution by ones gives numbers back bit for
   * bit. Not, by default: what is written for GPUs is right everywhere.
   */
  readonly onCpu?: boolean;
  /** Values that the new graph gives beside the gradients: by default, `output`. */
  readonly outputs?: readonly string[];
}

/** What a seed is made with. */
export interface Seeding {
  readonly graph: GraphBuilder;
  /** The shape of the value that is differentiated; sizes that count images are multiples of BATCH. */
  readonly shape: readonly number[];
}

export interface Seed {
  /** The value that holds the gradient by the output. */
  readonly name: string;
  /** What is fed for it. */
  readonly inputs: readonly ValueInfoProto[];
}

/** What the gradient by `name` is called among the outputs of {@link reverseMode}'s graph. */
export const gradientName = (name: string): string => `${name}/gradient`;
/** What is fed by default: the gradient by the output, in its shape. */
export const seedName = (output: string): string => `${output}/seed`;

/**
 * The graph of a network and of its gradient, by reverse accumulation (A. Griewank, A. Walther, "Evaluating Derivatives",
 * ch. 3): outputs `output` and, for each name of `withRespectTo`, its gradient in its own shape, called
 * {@link gradientName}. All numbers of a batch add up: the gradient by an image is that of its own row of `output`, the one by
 * a weight is summed over the images.
 * Throws a {@link BadInputError} (`ERR_GRADIENT`) that names, in one sentence, an operator that has no gradient here, a shape
 * that the graph does not tell, or a name that the output does not depend on.
 */
export function reverseMode(model: OnnxModel, differentiation: Differentiation): OnnxModel {
  const { output, withRespectTo, inputs, seed = fedSeed } = differentiation;
  const prefix = freePrefix(model.graph);
  const network = settled(modern(model, prefix), inputs);
  const active = moving(network.graph, withRespectTo);
  refuseUnknown(network.graph, active, output);
  const shapes = shapesOf(network, inputs);
  const graph = graphBuilder('gradient', prefix);
  const outputShape = shapes.of(output);
  if (outputShape === undefined) throw untold(network.graph, shapes, output);
  const seeded = seed({ graph, shape: outputShape, output });
  const found = accumulate(network, shapes, graph, differentiation, seeded.name, active);
  const gradients = withRespectTo.map((name) => {
    const gradient = found(name);
    if (gradient !== undefined) return { name, gradient };
    throw refusal(`"${output}" does not depend on "${name}"`, 'Name an input or a weight of the network');
  });
  const given: Port[] = (differentiation.outputs ?? [output]).map((name) => ({
    name,
    dims: portDims(shapes.of(name) ?? []),
  }));
  const { nodes, constants } = graph.parts();
  const named = gradients.map(({ name, gradient }): NodeProto => {
    const result = gradientName(name);
    return { name: result, opType: 'Identity', input: [gradient], output: [result], attribute: [] };
  });
  const ports = gradients.map(({ name }) => ({
    name: gradientName(name),
    dims: portDims(shapes.of(name) ?? []),
  }));
  return pruned({
    ...network,
    graph: {
      ...network.graph,
      node: [...(network.graph.node ?? []), ...nodes, ...named],
      initializer: [...(network.graph.initializer ?? []), ...constants],
      input: [...(network.graph.input ?? []), ...seeded.inputs],
      output: [...given, ...ports].map(valueInfo),
      valueInfo: [],
    },
  });
}

type Seeder = (seeding: Seeding & { readonly output: string }) => Seed;

const fedSeed: Seeder = ({ shape, output }) => {
  const name = seedName(output);
  return { name, inputs: [valueInfo({ name, dims: portDims(shape) })] };
};

/** Goes through the nodes backwards; returns how to ask for the gradient of a name. */
function accumulate(
  network: OnnxModel,
  shapes: Shapes,
  graph: GraphBuilder,
  { output, withRespectTo, onCpu = false }: Differentiation,
  seed: string,
  active: ReadonlySet<string>,
): (name: string) => string | undefined {
  const shape = (name: string): readonly number[] => {
    const found = shapes.of(name);
    if (found === undefined) throw untold(network.graph, shapes, name);
    return found;
  };
  const sums = adjoints(graph, shape);
  sums.add(output, () => seed);
  const constant = constantsOf(network, withRespectTo);
  const givers = new Map(
    (network.graph.node ?? []).flatMap((node) => (node.output ?? []).map((each) => [each, node])),
  );
  const opset = operatorSet(network);
  for (const node of (network.graph.node ?? []).toReversed()) {
    const outputs = node.output ?? [];
    const inputs = node.input ?? [];
    if (!outputs.some(sums.has) || !inputs.some((name) => active.has(name))) continue;
    const op = node.opType ?? '';
    const rule = ruleOf(node);
    if (rule === undefined) continue;
    const name = (i: number) => outputs[i] ?? '';
    const call: Call = {
      op,
      attributes: attributesOf(node),
      inputs,
      outputs,
      graph,
      opset,
      onCpu,
      shape,
      integers: shapes.integers,
      reals: shapes.reals,
      floats: (each) => readFloats(constant(each)),
      bytes: (each) => readBytes(constant(each)),
      element: (each) => constant(each).dataType ?? undefined,
      has: (i) => sums.has(name(i)),
      masked: () => sums.masked(name(0)),
      giver: (each) => givers.get(each),
      gradient: (i = 0) => sums.whole(name(i)),
      loose: () => sums.loose(name(0)),
      channels: (from, to) => sums.channels(name(0), from, to),
      refusal: (reason) =>
        refusal(`No gradient is known of the operator ${op} where ${reason}`, GIVE_ANOTHER),
    };
    const terms = rule(call);
    inputs.forEach((input, i) => {
      const term = terms[i];
      if (term !== undefined && active.has(input)) sums.add(input, term);
    });
  }
  return (name) => (sums.has(name) ? sums.whole(name) : undefined);
}

/** The values that move with any of `sources`: shapes of what moves do not, nor does what is computed from them. */
function moving({ node }: GraphProto, sources: readonly string[]): ReadonlySet<string> {
  const moved = new Set(sources);
  for (const each of node ?? []) {
    if (ruleOf(each) === still || !takenBy(each).some((name) => moved.has(name))) continue;
    for (const name of each.output ?? []) moved.add(name);
  }
  return moved;
}

/** Throws where an operator between the values that are `active` and the output has no rule. */
function refuseUnknown(graph: GraphProto, active: ReadonlySet<string>, output: string): void {
  const needed = new Set([output]);
  for (const node of (graph.node ?? []).toReversed()) {
    const isBetween =
      node.output?.some((name) => needed.has(name)) && takenBy(node).some((name) => active.has(name));
    if (!isBetween) continue;
    const rule = ruleOf(node);
    if (rule === undefined) {
      throw refusal(`No gradient is known of the operator ${operatorName(node)}`, GIVE_ANOTHER);
    }
    if (rule !== still) for (const name of takenBy(node)) needed.add(name);
  }
}

function ruleOf({ opType, domain }: NodeProto): Rule | undefined {
  const op = opType ?? '';
  return isOwn(domain) || (domain === MICROSOFT && SHARED.has(op)) ? RULES.get(op) : undefined;
}

/** Operators of ONNX Runtime's own domain that have rules here. */
const SHARED: ReadonlySet<string> = new Set([
  'DequantizeLinear',
  'FastGelu',
  'FusedMatMul',
  'Gelu',
  'QGemm',
  'QLinearAdd',
  'QLinearAveragePool',
  'QLinearConcat',
  'QLinearGlobalAveragePool',
  'QLinearLeakyRelu',
  'QLinearMul',
  'QLinearSigmoid',
  'QuantizeLinear',
  'QuickGelu',
]);

const GIVE_ANOTHER = 'Choose an emitter that needs no gradient, or give another network';

function operatorName({ domain, opType }: NodeProto): string {
  return isOwn(domain) ? (opType ?? '') : `${domain}.${opType}`;
}

/** The constants of a network that nothing is differentiated by; an empty tensor for what is none. */
function constantsOf({ graph }: OnnxModel, withRespectTo: readonly string[]) {
  const tensors = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]));
  return (name: string): TensorProto => (withRespectTo.includes(name) ? {} : (tensors.get(name) ?? {}));
}

/** A start of names that no value of the graph has. */
function freePrefix(graph: GraphProto): string {
  const taken = (graph.node ?? []).flatMap(({ output }) => output ?? []);
  let prefix = 'gradient/';
  while (taken.some((name) => name.startsWith(prefix))) prefix = `gradient/${prefix}`;
  return prefix;
}

/** The model without what none of its outputs needs. */
function pruned(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const needed = new Set((graph.output ?? []).map(({ name }) => name ?? ''));
  const node = (graph.node ?? []).toReversed().filter((each) => {
    if (!each.output?.some((name) => needed.has(name))) return false;
    for (const name of takenBy(each)) needed.add(name);
    return true;
  });
  const initializer = (graph.initializer ?? []).filter(({ name }) => needed.has(name ?? ''));
  return { ...model, graph: { ...graph, node: node.toReversed(), initializer } };
}

/** Names the first operator on the way to a value whose result has a shape that nothing tells. */
function untold(graph: GraphProto, shapes: Shapes, name: string): BadInputError {
  const givers = new Map(
    (graph.node ?? []).flatMap((node) => (node.output ?? []).map((each) => [each, node])),
  );
  let first = name;
  for (let steps = 0; steps < givers.size; steps++) {
    const before = givers.get(first)?.input?.find((each) => each !== '' && shapes.of(each) === undefined);
    if (before === undefined) break;
    first = before;
  }
  const giver = givers.get(first);
  const problem =
    giver === undefined
      ? `The file does not tell the shape of "${first}"`
      : `Nothing tells the shape of "${first}", which the operator ${operatorName(giver)} gives`;
  return refusal(`${problem}, and the gradient needs it`, GIVE_ANOTHER);
}

function refusal(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_GRADIENT', problem, fix });
}
