import { lengthOf } from '../shape.js';

/** TensorFlow's element types, as far as they differ for what is computed here. */
export type ElementType = 'float' | 'int' | 'bool';

/** A tensor whose numbers are known when the model is converted; true is 1. */
export interface Constant {
  readonly kind: 'constant';
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/**
 * A tensor on its way through the ONNX graph. `shape` is TensorFlow's, with {@link BATCH} in the place of the batch.
 * How it lies in the ONNX graph is another matter: the dimension i there is TensorFlow's dimension `order[i]`, so that
 * images of [batch, height, width, channels] lie as [batch, channels, height, width] where `order` is [0, 3, 1, 2], and a
 * Transpose costs nothing until an operator needs a certain order. Integers lie as floats.
 */
export interface Flow {
  readonly kind: 'flow';
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly name: string;
  readonly order: readonly number[];
  /** Of a tensor that got a border: what it was before, so that a convolution can add the border on its way. */
  readonly border?: Border;
  /** Of a tensor whose numbers were limited: what it was before, and between what it was limited. */
  readonly limited?: { readonly inside: Flow; readonly limits: Limits };
  /** Of a sum: its terms. */
  readonly terms?: Terms;
  /** Of an image that was taken apart for a dilated convolution: the same, had it been left whole. */
  readonly apart?: Apart;
}

export interface Border {
  readonly inside: Flow;
  readonly value: number;
  /** [before, after] for each of TensorFlow's dimensions. */
  readonly pads: readonly (readonly [number, number])[];
}

export interface Limits {
  readonly least?: number;
  readonly most?: number;
}

/** The terms of a sum; term number `open` is a convolution that nothing else takes, and that can take a bias yet. */
export interface Terms {
  readonly values: readonly (Constant | Flow)[];
  readonly open: number;
}

export interface Apart {
  readonly inside: Flow;
  /** Rows and columns of a block; each pixel of a block went into an image of its own. */
  readonly block: readonly [number, number];
  /** Zeros that went round the image before it was taken apart: [before, after] of rows and of columns. */
  readonly pads: readonly (readonly [number, number])[];
}

/** `value` without what is known of its past, which holds no more once it is cut or turned. */
export function bare({ kind, type, shape, name, order }: Flow): Flow {
  return { kind, type, shape, name, order };
}

/** `dead`: the side of a switch that is not taken. */
export type Value = Constant | Flow | { readonly kind: 'dead' };

export function constant(
  values: ArrayLike<number>,
  shape: readonly number[] = [values.length],
  type: ElementType = 'int',
): Constant {
  return { kind: 'constant', type, shape, values };
}

export function isConstant(value: Value | undefined): value is Constant {
  return value?.kind === 'constant';
}

/** 0, 1, … `rank` − 1: the order in which TensorFlow has the dimensions. */
export function naturalOrder(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

export function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

/** How far apart, in a row-major tensor of this shape, neighbours along each dimension lie. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** The constant whose dimension i is `value`'s dimension `order[i]`. */
export function transposed(value: Constant, order: readonly number[]): Constant {
  if (sameList(order, naturalOrder(value.shape.length))) return value;
  const shape = order.map((axis) => value.shape[axis] ?? 1);
  const strides = stridesOf(value.shape);
  return picked(
    value,
    shape,
    order.map((axis) => strides[axis] ?? 0),
  );
}

/**
 * The constant of `shape` whose element [i, j, …] is `value`'s at `start` + i · steps[0] + j · steps[1] + … of its
 * row-major numbers: every transposition, slice and broadcast is one of these.
 */
export function picked(
  value: Constant,
  shape: readonly number[],
  steps: readonly number[],
  start = 0,
): Constant {
  const length = lengthOf(shape);
  const values = value.values instanceof Float32Array ? new Float32Array(length) : new Array<number>(length);
  const inner = shape.at(-1) ?? 1;
  const step = steps.at(-1) ?? 0;
  const outer = shape.slice(0, -1);
  const at = outer.map(() => 0);
  let row = start;
  for (let to = 0; to < length; ) {
    for (let from = row, end = to + inner; to < end; to++, from += step) values[to] = value.values[from] ?? 0;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const next = (at[axis] ?? 0) + 1;
      row += steps[axis] ?? 0;
      if (next < (outer[axis] ?? 1)) {
        at[axis] = next;
        break;
      }
      row -= next * (steps[axis] ?? 0);
      at[axis] = 0;
    }
  }
  return { ...value, shape, values };
}
