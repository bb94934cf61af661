import { attributesOf } from '../attributes.js';
import { BATCH } from '../batch.js';
import { integer, type OnnxModel } from '../file.js';
import { constants, declaredShape, fedInputs } from '../graph.js';
import { readFloats, readIntegers } from '../tensor.js';
import { product } from './list.js';
import type { Known } from './shape-rule.js';
import { SHAPE_RULES } from './shape-rules.js';

/** What a network's shapes are, found out from its graph alone. */
export interface Shapes {
  /** The shape of a value; sizes that count images are multiples of BATCH. undefined: it cannot be told. */
  of(name: string): readonly number[] | undefined;
  /** The whole numbers that a value holds, where they follow from shapes and constants alone. */
  integers(name: string): readonly number[] | undefined;
  /** The same of numbers that need not be whole, of short lists. */
  reals(name: string): readonly number[] | undefined;
}

/** Shapes of fed inputs where the file leaves them open; open first sizes count images. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;

/** Numbers of a list that shapes may be computed from; longer ones are weights. */
const FEW = 16;

/** Works out the shape of every value of `model`, of operator set 13 or later, as far as it follows from the graph. */
export function shapesOf(model: OnnxModel, inputs: InputShapes = {}): Shapes {
  const { graph } = model;
  const known = new Map<string, Known>();
  for (const [name, tensor] of constants(graph)) {
    const shape = (tensor.dims ?? []).map(integer);
    const reals = product(shape) <= FEW ? readFloats(tensor) : undefined;
    known.set(name, { shape, integers: readIntegers(tensor), reals: reals && Array.from(reals) });
  }
  for (const input of fedInputs(graph)) {
    const name = input.name ?? '';
    const declared = declaredShape(input)?.map((size, i) => size ?? (i === 0 ? BATCH : undefined));
    const shape = inputs[name] ?? declared;
    if (shape?.every((size) => size !== undefined)) known.set(name, { shape });
  }
  for (const node of graph.node ?? []) {
    const taken = node.input ?? [];
    const found = SHAPE_RULES.get(node.opType ?? '')?.({
      attributes: attributesOf(node),
      outputs: node.output?.length ?? 0,
      inputs: taken.length,
      input: (i) => known.get(taken[i] ?? ''),
    });
    found?.forEach((each, i) => {
      const name = node.output?.[i] ?? '';
      if (name !== '') known.set(name, each);
    });
  }
  return {
    of: (name) => known.get(name)?.shape,
    integers: (name) => known.get(name)?.integers,
    reals: (name) => known.get(name)?.reals,
  };
}
