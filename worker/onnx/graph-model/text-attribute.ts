import type { Attribute } from '../convert-graph.js';

/** ONNX's number for the type of an attribute. */
const ATTRIBUTE_STRING = 3;

export function textAttribute(value: string): Attribute {
  return { type: ATTRIBUTE_STRING, s: Buffer.from(value) };
}
