import type { TensorProto } from './file.js';
import { ELEMENT } from './tensor.js';

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The bits of the IEEE 754 binary16 nearest to a number, ties to even; beyond 65,504 it is infinite. */
export function floatToHalf(value: number): number {
  single[0] = value;
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = Math.abs(single[0] as number);
  if (Number.isNaN(magnitude)) return sign | 0x7e00;
  // Halfway between the greatest half and the next power of two.
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  const exponent = (word >>> 23) & 0xff;
  const fraction = word & 0x7fffff;
  // A fraction that rounds up to 1024 carries into the exponent, which is right.
  return sign | (((exponent - 112) << 10) + roundToEven(fraction / 2 ** 13));
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** A tensor of the halves nearest to `values`, in row-major order, as an initializer. */
export function halfTensor(name: string, dims: readonly number[], values: Float32Array): TensorProto {
  const halves = Uint16Array.from(values, floatToHalf);
  return { name, dataType: ELEMENT.float16, dims: [...dims], rawData: new Uint8Array(halves.buffer) };
}
