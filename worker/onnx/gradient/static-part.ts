import type { GraphProto, NodeProto, OnnxModel, TensorProto } from '../file.js';
import { fedInputs, takenBy } from '../graph.js';
import { type InputShapes, shapesOf } from '../shapes/shapes.js';
import { modern } from './modern.js';

/** A part of a network that computes from constants alone, as a network without inputs. */
export interface StaticPart {
  readonly model: OnnxModel;
  /** The values that it gives, which the rest of the network takes. */
  readonly names: readonly string[];
}

/** Operators whose inputs after the first are lists that decide about shapes, or say what is taken from where. */
const LISTED =
  'Expand Gather Pad ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum ReduceSumSquare Reshape Resize Slice Split ' +
  'Squeeze Tile Unsqueeze Upsample';
/** Operators that give other numbers each time. */
const RANDOM = /^(?:Bernoulli|Multinomial|Random)/;

/**
 * What must be run for a gradient to be made: values that do not depend on the fed inputs, where their shapes, or the lists
 * that they are, cannot be told from the graph (a Loop computes them, say). `inputs` are as {@link shapesOf} takes them.
 * undefined: there is no such value.
 */
export function staticPart(model: OnnxModel, inputs: InputShapes): StaticPart | undefined {
  const { graph } = model;
  const nodes = graph.node ?? [];
  const moving = movingIn(graph);
  const isStatic = (node: NodeProto) => !node.output?.some((name) => moving.has(name));
  const given = new Set(nodes.filter(isStatic).flatMap(({ output }) => output ?? []));
  const shapes = shapesOf(modern(model, 'static/'), inputs);
  const isUntold = (name: string, isList: boolean) =>
    shapes.of(name) === undefined ||
    (isList && shapes.integers(name) === undefined && shapes.reals(name) === undefined);
  const wanted = nodes
    .filter((node) => !isStatic(node))
    .flatMap(({ opType, input }) =>
      (input ?? []).filter(
        (name, i) => given.has(name) && isUntold(name, i > 0 && LISTED.split(' ').includes(opType ?? '')),
      ),
    );
  const names = [...new Set(wanted)];
  return names.length === 0 ? undefined : { names, model: { ...model, graph: givingOnly(graph, names) } };
}

/** The network that takes values from constants: those of the names that the tensors have. */
export function withConstants(model: OnnxModel, tensors: readonly TensorProto[]): OnnxModel {
  const { graph } = model;
  const names = new Set(tensors.map(({ name }) => name));
  // Who gave a value may give others that are needed: it stays, and its own goes by another name.
  const node = (graph.node ?? []).map((each) =>
    each.output?.some((name) => names.has(name))
      ? { ...each, output: each.output.map((name) => (names.has(name) ? `${name}/computed` : name)) }
      : each,
  );
  return { ...model, graph: { ...graph, node, initializer: [...(graph.initializer ?? []), ...tensors] } };
}

/** All values that may differ from one run to the next. */
function movingIn(graph: GraphProto): ReadonlySet<string> {
  const moving = new Set(fedInputs(graph).map(({ name }) => name ?? ''));
  for (const node of graph.node ?? []) {
    if (!RANDOM.test(node.opType ?? '') && !takenBy(node).some((name) => moving.has(name))) continue;
    for (const name of node.output ?? []) moving.add(name);
  }
  return moving;
}

function givingOnly(graph: GraphProto, names: readonly string[]): GraphProto {
  const needed = new Set(names);
  const node = (graph.node ?? []).toReversed().filter((each) => {
    if (!each.output?.some((name) => needed.has(name))) return false;
    for (const name of takenBy(each)) needed.add(name);
    return true;
  });
  return {
    name: 'static',
    node: node.toReversed(),
    initializer: (graph.initializer ?? []).filter(({ name }) => needed.has(name ?? '')),
    output: names.map((name) => ({ name })),
  };
}
