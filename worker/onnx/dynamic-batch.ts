import { type GraphProto, integer, type NodeProto, type OnnxModel, type TensorProto } from './file.js';
import { attributeOf, constants, declaredShape, dependents, fedInputs, openFirstDimension } from './graph.js';
import { integerTensor, readIntegers } from './tensor.js';

/**
 * A network of a fixed batch as one of any batch: the first dimension of its input and outputs is left open, declared
 * shapes inside are forgotten (ONNX Runtime infers them again), and a Reshape of activations to a constant shape
 * that starts with the batch takes the batch from its data instead. Undefined when the batch is open already.
 *
 * Whether the result means the same cannot be read off the graph: run both and compare (see open-proven.ts).
 */
export function openBatch(model: OnnxModel): OnnxModel | undefined {
  const { graph } = model;
  const input = fedInputs(graph)[0];
  const batch = input && declaredShape(input)?.[0];
  if (input === undefined || batch === undefined) return undefined;
  const rewriteReshape = reshapeRewriter(graph, input.name ?? '', batch);
  const added: TensorProto[] = [];
  const node = (graph.node ?? []).map((each) => rewriteReshape(each, added));
  return {
    ...model,
    // From version 4 on, weights need not be listed among the inputs.
    irVersion: Math.max(4, integer(model.irVersion ?? 4)),
    graph: {
      ...graph,
      node,
      input: [openFirstDimension(input, 'N')],
      output: (graph.output ?? []).map((value) =>
        declaredShape(value)?.[0] === batch ? openFirstDimension(value, 'N') : value,
      ),
      valueInfo: [],
      initializer: [...(graph.initializer ?? []), ...added],
    },
  };
}

function reshapeRewriter(graph: GraphProto, input: string, batch: number) {
  const activations = dependents(graph, input);
  const known = constants(graph);
  return (node: NodeProto, added: TensorProto[]): NodeProto => {
    const [data = '', shape = ''] = node.input ?? [];
    if (node.opType !== 'Reshape' || !activations.has(data)) return node;
    const attribute = attributeOf(node, 'shape');
    if (attribute?.ints?.length) {
      const ints = openTarget(attribute.ints.map(integer), batch);
      if (ints === undefined) return node;
      const others = (node.attribute ?? []).filter((each) => each !== attribute);
      return { ...node, attribute: [...others, { ...attribute, ints }] };
    }
    const constant = known.get(shape);
    const target = constant && openTarget(readIntegers(constant) ?? [], batch);
    if (target === undefined) return node;
    // A tensor of its own: the constant may serve other nodes too.
    const name = `atoll/${node.output?.[0]}/shape`;
    added.push(integerTensor(name, target));
    return { ...node, input: [data, name] };
  };
}

/** 0 takes the size from the data, −1 from what is left; a target may hold one −1. */
function openTarget(target: readonly number[], batch: number): number[] | undefined {
  if (target[0] !== batch) return undefined;
  const rest = target.slice(1);
  return [rest.includes(-1) ? 0 : -1, ...rest];
}
