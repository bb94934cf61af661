import type { NodeAttributes } from '../attributes.js';
import type { GraphBuilder } from '../builder.js';
import type { NodeProto } from '../file.js';

/**
 * How a node takes part in the gradient of its inputs. Values are named as they are in the graph; "the gradient" of a value is
 * the derivative of what is differentiated by each of its numbers, in its shape.
 */
export interface Call {
  /** The node's operator. */
  readonly op: string;
  readonly attributes: NodeAttributes;
  /** Names; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Where nodes are added. */
  readonly graph: GraphBuilder;
  /** The version of ONNX's operators that the graph is written in, at least 17. */
  readonly opset: number;
  /** Whether the graph runs on a CPU. On WebGPU only floats are fast, and on GPUs a convolution by ones may round. */
  readonly onCpu: boolean;
  /** Whether output `i` has a gradient. */
  has(i: number): boolean;
  /** The gradient of output `i`, the first by default. */
  gradient(i?: number): string;
  /** The gradient of the first output, as anything that broadcasts to it. */
  loose(): string;
  /** Channels `from` … `to` − 1 (of axis 1) of the gradient of the first output. */
  channels(from: number, to: number): string;
  /** Whether the gradient of the first output is nothing wherever that output is not above 0. */
  masked(): boolean;
  /** ONNX's number for the type of a constant's elements; undefined for what is no constant. */
  element(name: string): number | undefined;
  /** The node that gives a value; undefined for inputs and constants. */
  giver(name: string): NodeProto | undefined;
  /** The shape of a value. Throws a BadInputError where the graph does not say it. */
  shape(name: string): readonly number[];
  /** Whole numbers that are known without running the network. */
  integers(name: string): readonly number[] | undefined;
  /** Short lists of numbers that are known without running the network. */
  reals(name: string): readonly number[] | undefined;
  /** The numbers of a constant that nothing is differentiated by. */
  floats(name: string): Float32Array | undefined;
  /** The numbers of a constant of bytes, and whether they have signs. */
  bytes(name: string): Int8Array | Uint8Array | undefined;
  /** The error that the node has no gradient, because of `reason`. */
  refusal(reason: string): Error;
}

/** A share in the gradient of a value. Its nodes are added when it is made, so that what nobody needs is not there. */
export interface Share {
  make(): string;
  /** What `make` gives may only broadcast to the value's shape. */
  readonly loose?: boolean;
  /** What `make` gives is nothing wherever the value itself is not above 0. */
  readonly masked?: boolean;
  /** Makes channels `from` … `to` − 1 alone, where that is less work than making all. */
  channels?(from: number, to: number): string;
}

/** What an input of a node gets: a share, the function that makes it, or nothing. */
export type Term = Share | (() => string) | undefined;

/**
 * The rule of an operator: what each input gets, in their order, given the gradient of the outputs. A list that is too short
 * means nothing for the rest.
 */
export type Rule = (call: Call) => readonly Term[];
