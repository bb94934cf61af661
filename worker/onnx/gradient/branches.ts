import type { AttributeProto, GraphProto, NodeProto, OnnxModel } from '../file.js';
import { attributeOf } from '../graph.js';
import { type InputShapes, shapesOf } from '../shapes/shapes.js';

/**
 * A network in which each If whose condition follows from shapes and constants is the branch that it takes: exporters ask so
 * whether a dimension is 1. `inputs` are as {@link shapesOf} takes them. The network itself where there is none.
 */
export function settled(model: OnnxModel, inputs: InputShapes = {}): OnnxModel {
  const branching = (model.graph.node ?? []).filter(({ opType }) => opType === 'If');
  if (branching.length === 0) return model;
  // The shape of what a branch gives may decide about the next.
  const { integers } = shapesOf(model, inputs);
  const next = branching.find(({ input }) => integers(input?.[0] ?? '') !== undefined);
  if (next === undefined) return model;
  const holds = integers(next.input?.[0] ?? '')?.[0] !== 0;
  const branch = attributeOf(next, holds ? 'then_branch' : 'else_branch')?.g;
  return branch ? settled(withBranch(model, next, branch), inputs) : model;
}

function withBranch(model: OnnxModel, place: NodeProto, branch: GraphProto): OnnxModel {
  const { graph } = model;
  const prefix = `${place.output?.[0]}/branch/`;
  const own = new Set([
    ...(branch.node ?? []).flatMap(({ output }) => output ?? []),
    ...(branch.initializer ?? []).map(({ name }) => name ?? ''),
  ]);
  own.delete('');
  const name = (each: string) => (own.has(each) ? `${prefix}${each}` : each);
  const results = (place.output ?? []).map(
    (output, i): NodeProto => ({
      opType: 'Identity',
      input: [name(branch.output?.[i]?.name ?? '')],
      output: [output],
    }),
  );
  const inside = [...(branch.node ?? []).map((each) => renamed(each, name)), ...results];
  const initializer = (branch.initializer ?? []).map((tensor) => ({
    ...tensor,
    name: name(tensor.name ?? ''),
  }));
  return {
    ...model,
    graph: {
      ...graph,
      node: (graph.node ?? []).flatMap((each) => (each === place ? inside : [each])),
      initializer: [...(graph.initializer ?? []), ...initializer],
    },
  };
}

/** A node, and the graphs in it, with other names for values. */
function renamed(node: NodeProto, name: (each: string) => string): NodeProto {
  const attribute = (node.attribute ?? []).map((each): AttributeProto => {
    if (!each.g) return each;
    const { g } = each;
    const inner = (g.node ?? []).map((inside) => renamed(inside, name));
    const output = (g.output ?? []).map((value) => ({ ...value, name: name(value.name ?? '') }));
    return { ...each, g: { ...g, node: inner, output } };
  });
  return { ...node, input: (node.input ?? []).map(name), output: (node.output ?? []).map(name), attribute };
}
