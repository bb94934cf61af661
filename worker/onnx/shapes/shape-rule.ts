import type { NodeAttributes } from '../attributes.js';

/** What is known of a value without running the network. */
export interface Known {
  /** Its shape; sizes that count images are multiples of BATCH (see batch.ts). */
  readonly shape: readonly number[];
  /** Its values, where they are whole numbers that follow from shapes and constants alone. */
  readonly integers?: readonly number[] | undefined;
  /** The same of numbers that need not be whole: the factors by which images are resized, say. */
  readonly reals?: readonly number[] | undefined;
}

/** A value of `shape` that holds number `places[i]` of `known` at place i, in row-major order. */
export function taken(
  { integers, reals }: Known,
  shape: readonly number[],
  places: () => readonly number[],
): Known {
  if (integers === undefined && reals === undefined) return { shape };
  const list = places();
  const of = (numbers: readonly number[] | undefined) => numbers && list.map((place) => numbers[place] ?? 0);
  return { shape, integers: of(integers), reals: of(reals) };
}

/** A node, seen by the rule of its operator. */
export interface ShapeCall {
  readonly attributes: NodeAttributes;
  /** How many outputs the node has. */
  readonly outputs: number;
  /** Input `i`; undefined: left out, or nothing is known of it. */
  input(i: number): Known | undefined;
  /** How many inputs the node has. */
  readonly inputs: number;
}

/** What is known of a node's outputs, in their order; none where that cannot be told. */
export type ShapeRule = (call: ShapeCall) => readonly Known[];

/** A rule for nodes whose first input is known. */
export function ofFirst(rule: (first: Known, call: ShapeCall) => readonly Known[]): ShapeRule {
  return (call) => {
    const first = call.input(0);
    return first === undefined ? [] : rule(first, call);
  };
}

/** The list that an attribute gives, or, in later operator sets, an input. */
export function listOf(call: ShapeCall, name: string, input: number): readonly number[] | undefined {
  return call.attributes.numbers(name) ?? call.input(input)?.integers;
}
