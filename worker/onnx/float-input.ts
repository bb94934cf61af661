import type { OnnxModel, ValueInfoProto } from './file.js';
import { fedInputs } from './graph.js';
import { ELEMENT } from './tensor.js';

const CAST_INT = 2;

/**
 * A network of integer images (bytes, mostly) as one that takes the same numbers as float32: a Cast at its head.
 * Returns `model` itself where its first input takes floats.
 */
export function floatInput(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const [input] = fedInputs(graph);
  const element = input?.type?.tensorType?.elemType ?? 0;
  if (input === undefined || !INTEGERS.includes(element)) return model;
  const name = `${input.name}/float`;
  const cast = {
    opType: 'Cast',
    name,
    input: [name],
    output: [input.name ?? ''],
    attribute: [{ name: 'to', type: CAST_INT, i: element }],
  };
  return {
    ...model,
    graph: {
      ...graph,
      node: [cast, ...(graph.node ?? [])],
      input: (graph.input ?? []).map((each) => (each === input ? asFloat(input, name) : each)),
    },
  };
}

/** The element types of integers. */
export const INTEGERS: readonly number[] = [
  ELEMENT.uint8,
  ELEMENT.int8,
  ELEMENT.uint16,
  ELEMENT.int16,
  ELEMENT.int32,
  ELEMENT.int64,
  ELEMENT.uint32,
  ELEMENT.uint64,
];

function asFloat(value: ValueInfoProto, name: string): ValueInfoProto {
  const tensorType = { ...value.type?.tensorType, elemType: ELEMENT.float };
  return { ...value, name, type: { ...value.type, tensorType } };
}
