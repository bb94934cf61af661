import protobuf from 'protobufjs/minimal.js';
import { BadInputError } from '../../protocol/base/errors.js';
import { onnx } from './generated/onnx.js';

/**
 * ONNX files as data: what protobuf's generated code decodes, under the names that the format gives.
 * 64-bit integers come as Long (exact) and may be written as number; {@link integer} reads either.
 */
export type ModelProto = onnx.ModelProto.$Properties;
export type GraphProto = onnx.GraphProto.$Properties;
export type NodeProto = onnx.NodeProto.$Properties;
export type AttributeProto = onnx.AttributeProto.$Properties;
export type TensorProto = onnx.TensorProto.$Properties;
export type SparseTensorProto = onnx.SparseTensorProto.$Properties;
export type ValueInfoProto = onnx.ValueInfoProto.$Properties;
export type Dimension = onnx.TensorShapeProto.Dimension.$Properties;

/** An integer as protobuf hands it over. */
export type Integer = number | { toNumber(): number };

/** `value` as a number; past 2⁵³ it is rounded. */
export function integer(value: Integer): number {
  return typeof value === 'number' ? value : value.toNumber();
}

/** A model that is known to hold a graph with nodes, which is the least that an ONNX file holds. */
export type OnnxModel = ModelProto & { graph: GraphProto };

/**
 * Reads an ONNX file. Byte fields of the result are views of `bytes`, not copies.
 * `name` is what the error calls the file. Throws a {@link BadInputError} (`ERR_MODEL_FILE`) when the file is
 * truncated or no ONNX model at all.
 */
export function decodeModel(bytes: Uint8Array, name = 'the file'): OnnxModel {
  let model: ModelProto;
  try {
    const reader = protobuf.Reader.create(bytes);
    reader.discardUnknown = false;
    model = onnx.ModelProto.decode(reader);
  } catch (cause) {
    throw notOnnx(`${name} is not an ONNX file, or a part of it is missing`, cause);
  }
  const { graph } = model;
  // Protobuf has no signature: any short text may decode as unknown fields.
  if (graph === null || graph === undefined || model.irVersion === undefined || !graph.output?.length) {
    throw notOnnx(`${name} is not an ONNX file: it holds no graph with an output`);
  }
  // Not a copy: unknown fields are kept on this very object.
  return Object.assign(model, { graph });
}

/** The bytes of a model; whatever {@link decodeModel} read of a file is in them, fields it does not know too. */
export function encodeModel(model: ModelProto): Uint8Array {
  return onnx.ModelProto.encode(model).finish();
}

function notOnnx(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_FILE',
    problem,
    fix: 'Download or export the file again',
    cause,
  });
}
