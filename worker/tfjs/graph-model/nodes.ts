import { z } from 'zod';
import { BadInputError } from '../../../protocol/base/errors.js';
import {
  type Attributes,
  attributeSchema,
  attributesOf,
  type RawAttribute,
  shapeOf,
  shapeSchema,
} from './attributes.js';
import { refusedOperator } from './refusals.js';

/** One of the tensors that a node gives. */
export interface Ref {
  readonly node: string;
  readonly port: number;
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** The tensors that it takes; what only has to run before it is left out. */
  readonly inputs: readonly Ref[];
  readonly attributes: Attributes;
  readonly raw: Readonly<Record<string, RawAttribute>>;
}

/** A graph model's topology with what its signature says of it. */
export interface GraphTopology {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Names of the nodes that the signature calls inputs; without a signature all placeholders. */
  readonly inputs: readonly string[];
  /** What the signature says of the inputs' shapes, with −1 for what is open. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The outputs in TensorFlow.js's order, under the names that it gives them. */
  readonly outputs: readonly (Ref & { readonly name: string })[];
}

const nodeSchema = z.object({
  name: z.string().min(1),
  op: z.string().min(1),
  input: z.array(z.string()).nullish(),
  attr: z.record(z.string(), attributeSchema).nullish(),
});

const topologySchema = z.object({ node: z.array(nodeSchema).min(1) });

const entriesSchema = z
  .record(z.string(), z.object({ name: z.string().nullish(), tensorShape: shapeSchema.nullish() }))
  .nullish();
const signatureSchema = z.object({ inputs: entriesSchema, outputs: entriesSchema }).nullish();
const modelSchema = z.object({
  modelTopology: topologySchema,
  signature: signatureSchema,
  userDefinedMetadata: z.object({ signature: signatureSchema }).nullish(),
});

/** Reads the `model.json` of a graph model; throws a {@link BadInputError} (`ERR_MODEL_FILE`) when it is broken. */
export function readTopology(json: unknown): GraphTopology {
  const model = modelSchema.safeParse(json);
  if (!model.success) {
    const place = model.error.issues[0]?.path.join('.') ?? '';
    throw broken(`its ${place} is missing, or not what TensorFlow.js writes there`);
  }
  const { modelTopology, userDefinedMetadata } = model.data;
  // TensorFlow.js prefers the one in the metadata, where old converters put it.
  const signature = userDefinedMetadata?.signature ?? model.data.signature;
  const nodes = new Map(
    modelTopology.node.map(({ name, op, input, attr }) => {
      const raw = attr ?? {};
      const inputs = (input ?? []).filter((each) => !each.startsWith('^')).map(refOf);
      return [name, { name, op, inputs, attributes: attributesOf(raw), raw }];
    }),
  );
  const inputs = namesOf(signature?.inputs).map((each) => refOf(each).node);
  const outputs = namesOf(signature?.outputs)
    .map(refOf)
    .filter(({ node }) => nodes.has(node));
  const placeholders = [...nodes.values()].filter(({ op }) => op.startsWith('Placeholder'));
  return {
    nodes,
    inputs: inputs.length > 0 ? inputs : placeholders.map(({ name }) => name),
    shapes: new Map(
      Object.values(signature?.inputs ?? {}).map(({ name, tensorShape }) => [
        refOf(name ?? '').node,
        shapeOf(tensorShape ?? undefined) ?? [],
      ]),
    ),
    outputs: named(outputs.length > 0 ? outputs : sinks(nodes, modelTopology.node)),
  };
}

/** `name`, `name:port` or, inside of functions, `name:output:port`; a ^ before it asks for the node, not for a tensor. */
function refOf(text: string): Ref {
  const [node = '', ...rest] = text.replace(/^\^/, '').split(':');
  return { node, port: Number(rest.at(-1) ?? 0) };
}

/** Each tensor once, as TensorFlow.js counts them. */
function namesOf(entries: z.output<typeof entriesSchema>): string[] {
  const names = Object.values(entries ?? {}).map(({ name }) => name ?? '');
  return [...new Set(names)].filter((name) => name !== '');
}

/** Nodes that nothing follows: outputs where there is no signature. */
function sinks(nodes: ReadonlyMap<string, GraphNode>, raw: z.output<typeof topologySchema>['node']): Ref[] {
  const followed = new Set(raw.flatMap(({ input }) => (input ?? []).map((each) => refOf(each).node)));
  return [...nodes.values()]
    .filter(({ name, op }) => !followed.has(name) && !NOTHING.has(op) && !op.startsWith('Placeholder'))
    .map(({ name }) => ({ node: name, port: 0 }));
}

const NOTHING = new Set(['Const', 'NoOp', 'Assert']);

/** TensorFlow.js calls an output after its node; a second one of the same node gets its port. */
function named(refs: readonly Ref[]): GraphTopology['outputs'] {
  const taken = new Set<string>();
  return refs.map((ref) => {
    const name = taken.has(ref.node) ? `${ref.node}:${ref.port}` : ref.node;
    taken.add(name);
    return { ...ref, name };
  });
}

/**
 * The nodes that the outputs depend on, each after all that it depends on. Throws a {@link BadInputError}
 * (`ERR_MODEL_FILE`) when one is missing, or depends on itself.
 */
export function inOrder({ nodes, outputs }: GraphTopology): GraphNode[] {
  const order: GraphNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = outputs.map(({ node }) => node).reverse();
  // By hand: a deep network is deeper than the stack of calls may be.
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const node = nodes.get(name);
    if (node === undefined) throw broken(`one of its nodes takes "${name}", which is not in it`);
    if (state.get(name) === undefined) {
      state.set(name, 'open');
      for (const { node: before } of node.inputs.toReversed()) {
        if (state.get(before) === 'open') throw loopOf(nodes, before);
        if (state.get(before) === undefined) stack.push(before);
      }
      continue;
    }
    stack.pop();
    if (state.get(name) === 'done') continue;
    state.set(name, 'done');
    order.push(node);
  }
  return order;
}

/** Only the operators of TensorFlow's loops may take what comes after them. */
function loopOf(nodes: ReadonlyMap<string, GraphNode>, name: string): BadInputError {
  const loop = [...nodes.values()].find(({ op }) => op === 'NextIteration');
  return loop === undefined ? broken(`its node "${name}" waits for itself`) : refusedOperator(loop);
}

export function broken(what: string): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_FILE',
    problem: `The model.json is not a whole TensorFlow.js graph model: ${what}`,
    fix: 'Export the model again, model.json and all its shards',
  });
}
