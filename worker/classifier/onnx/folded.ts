import type { Tensor } from 'onnxruntime-node';
import { trace } from '../../../protocol/base/trace.js';
import { encodeModel, type OnnxModel, type TensorProto } from '../../onnx/file.js';
import { staticPart, withConstants } from '../../onnx/gradient/static-part.js';
import type { InputShapes } from '../../onnx/shapes/shapes.js';
import { ELEMENT } from '../../onnx/tensor.js';
import { createSession } from './session.js';

/**
 * A network whose constant parts that shapes rest on are constants: they are run once, on the CPU. The network as it is where
 * there are none, or where they cannot be run by themselves: what is missing is then said by whoever needs it.
 */
export async function folded(model: OnnxModel, inputs: InputShapes): Promise<OnnxModel> {
  const part = staticPart(model, inputs);
  if (part === undefined) return model;
  try {
    const session = await createSession(encodeModel(part.model), 'cpu');
    const results = await session.run({});
    await session.release();
    return withConstants(
      model,
      part.names.flatMap((name) => tensorOf(name, results[name])),
    );
  } catch (error) {
    trace('running the constant parts of a network', error);
    return model;
  }
}

const BOOL = 9;
const TYPES: Readonly<Record<string, number>> = {
  float32: ELEMENT.float,
  int64: ELEMENT.int64,
  int32: ELEMENT.int32,
  uint8: ELEMENT.uint8,
  int8: ELEMENT.int8,
  bool: BOOL,
};

function tensorOf(name: string, value: Tensor | undefined): TensorProto[] {
  const dataType = TYPES[value?.type ?? ''];
  if (value === undefined || dataType === undefined || !ArrayBuffer.isView(value.data)) return [];
  const { buffer, byteOffset, byteLength } = value.data;
  return [{ name, dataType, dims: [...value.dims], rawData: new Uint8Array(buffer, byteOffset, byteLength) }];
}
