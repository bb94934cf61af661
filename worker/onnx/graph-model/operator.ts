import type { Attributes } from './attributes.js';
import type { Builder } from './builder.js';
import { flowing } from './layout.js';
import { refusedUse } from './refusals.js';
import { type Constant, type Flow, isConstant, type Value } from './values.js';

/** A node being converted. */
export interface Call {
  readonly name: string;
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly Value[];
  readonly graph: Builder;
  /** Whether nothing but this node takes its input i. */
  isSole(input: number): boolean;
  /** How large the model says that its batch is, where it does: sizes that were computed from it are rewritten. */
  readonly nominalBatch: number | undefined;
  /** The name of the network's input in the ONNX graph, whose first dimension is the batch. */
  readonly image: string;
}

/** How nodes of one kind are written in ONNX: one value for each tensor that they give. */
export type Operator = (call: Call) => Value | readonly Value[];

export type Operators = Readonly<Record<string, Operator>>;

/** A tensor that a node takes; throws where the model has none. */
export function operand(call: Call, index: number): Constant | Flow {
  const value = call.inputs.at(index);
  if (value === undefined || value.kind === 'dead') throw refusedUse(call, `it has no input ${index}`);
  return value;
}

export function flowOf(call: Call, index: number): Flow {
  return flowing(call.graph, operand(call, index));
}

/** An input whose numbers must be known before the network runs. */
export function constantOf(call: Call, index: number, what: string): Constant {
  const value = operand(call, index);
  if (!isConstant(value)) throw refusedUse(call, `its ${what} depends on the image`);
  return value;
}

/** The numbers of {@link constantOf}. */
export function numbersOf(call: Call, index: number, what: string): number[] {
  return Array.from(constantOf(call, index, what).values);
}

export function numberOf(call: Call, index: number, what: string): number {
  const [number] = numbersOf(call, index, what);
  if (number === undefined) throw refusedUse(call, `its ${what} is empty`);
  return number;
}

/** `axis` of a tensor of this rank, counted from the start. */
export function axisOf(call: Call, axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(counted) || counted < 0 || counted >= rank) {
    throw refusedUse(call, `it acts on dimension ${axis} of a tensor that has ${rank}`);
  }
  return counted;
}
