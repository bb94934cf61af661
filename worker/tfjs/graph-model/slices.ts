import { BATCH, isBatched, shapeText } from '../../onnx/batch.js';
import { lyingAs } from './layout.js';
import { axisOf, type Call, numbersOf, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { shapedAs } from './reshape.js';
import { type Constant, type Flow, isConstant, picked, stridesOf } from './values.js';

/** The elements `start`, `start` + `step`, … of one dimension, `count` of them. */
interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

export const SLICES: Operators = {
  Slice: (call) => {
    const value = operand(call, 0);
    const begin = numbersOf(call, 1, 'start');
    const sizes = numbersOf(call, 2, 'size');
    const ranges = value.shape.map((size, axis) => {
      const start = begin[axis] ?? 0;
      const count = sizes[axis] ?? -1;
      return { start, step: 1, count: count === -1 ? size - start : count };
    });
    return sliced(call, value, ranges);
  },
  StridedSlice: stridedSlice,
  ReverseV2: (call) => {
    const value = operand(call, 0);
    const axes = numbersOf(call, 1, 'dimensions').map((axis) => axisOf(call, axis, value.shape.length));
    const ranges = value.shape.map((count, axis) =>
      axes.includes(axis) ? { start: count - 1, step: -1, count } : { start: 0, step: 1, count },
    );
    return sliced(call, value, ranges);
  },
};

/** `value` without so many elements at the start and at the end of each dimension. */
export function cropped(
  call: Call,
  value: Constant | Flow,
  crops: readonly (readonly [number, number])[],
): Constant | Flow {
  const ranges = value.shape.map((size, axis) => {
    const [before, after] = crops[axis] ?? [0, 0];
    return { start: before, step: 1, count: size - before - after };
  });
  return sliced(call, value, ranges);
}

/** The elements of each dimension that its range names. */
export function sliced(call: Call, value: Constant | Flow, ranges: readonly Range[]): Constant | Flow {
  if (isConstant(value)) {
    const strides = stridesOf(value.shape);
    const start = ranges.reduce((sum, range, axis) => sum + range.start * (strides[axis] ?? 0), 0);
    return picked(
      value,
      ranges.map(({ count }) => count),
      ranges.map(({ step }, axis) => step * (strides[axis] ?? 0)),
      start,
    );
  }
  const cut = value.shape.flatMap((size, axis) => {
    const range = ranges[axis] ?? all(size);
    return isAll(call, range, size) ? [] : [{ axis, ...range }];
  });
  if (cut.length === 0) return value;
  for (const { axis } of cut) {
    if (isBatched(value.shape[axis] ?? 1)) throw refusedUse(call, 'it takes some images out of a batch');
  }
  const { graph } = call;
  // Past the first element, an end that counts from the back is one below what there is.
  const ends = cut.map(({ start, step, count }) => {
    const end = start + step * count;
    return end < 0 ? Number.MIN_SAFE_INTEGER : end;
  });
  const name = graph.node('Slice', [
    value.name,
    graph.integers(cut.map(({ start }) => start)),
    graph.integers(ends),
    graph.integers(cut.map(({ axis }) => value.order.indexOf(axis))),
    graph.integers(cut.map(({ step }) => step)),
  ]);
  return lyingAs(
    value,
    name,
    value.shape.map((size, axis) => cut.find((each) => each.axis === axis)?.count ?? size),
  );
}

function all(count: number): Range {
  return { start: 0, step: 1, count };
}

/** As many images as the model says that its batch has are all of them. */
function isAll({ nominalBatch }: Call, { start, step, count }: Range, size: number): boolean {
  const isWhole = count === size || (isBatched(size) && count === (size / BATCH) * (nominalBatch ?? 0));
  return start === 0 && step === 1 && isWhole;
}

/** numpy's slices, as TensorFlow writes them: bits of the masks say what begin, end and strides mean at each place. */
function stridedSlice(call: Call): Constant | Flow {
  const value = operand(call, 0);
  const begin = numbersOf(call, 1, 'start');
  const end = numbersOf(call, 2, 'end');
  const steps = numbersOf(call, 3, 'step');
  const isSet = (mask: string, place: number) => ((call.attributes.number(mask, 0) >> place) & 1) === 1;
  const places = begin.map((_, place) => place);
  const named = places.filter(
    (place) => !isSet('new_axis_mask', place) && !isSet('ellipsis_mask', place),
  ).length;
  const ranges: Range[] = [];
  /** The dimensions of the result: those of the slice, by their number, and new ones. */
  const result: (number | 'new')[] = [];
  const take = (range: Range) => {
    result.push(ranges.length);
    ranges.push(range);
  };
  for (const place of places) {
    const size = value.shape[ranges.length] ?? 1;
    if (isSet('ellipsis_mask', place)) {
      for (let i = named; i < value.shape.length; i++) take(all(value.shape[ranges.length] ?? 1));
    } else if (isSet('new_axis_mask', place)) {
      result.push('new');
    } else if (isSet('shrink_axis_mask', place)) {
      if (isBatched(size)) throw refusedUse(call, 'it takes one image out of a batch');
      ranges.push({ start: clamped(begin[place] ?? 0, size, 0, size - 1), step: 1, count: 1 });
    } else {
      const step = steps[place] ?? 1;
      const from = isSet('begin_mask', place) ? undefined : begin[place];
      const to = isSet('end_mask', place) ? undefined : end[place];
      take(rangeOf(from, to, step, size));
    }
  }
  if (ranges.length > value.shape.length) {
    throw refusedUse(call, `it cuts ${ranges.length} dimensions of ${shapeText(value.shape)}`);
  }
  while (ranges.length < value.shape.length) take(all(value.shape[ranges.length] ?? 1));
  const cut = sliced(call, value, ranges);
  return shapedAs(
    call,
    cut,
    result.map((axis) => (axis === 'new' ? 1 : (cut.shape[axis] ?? 1))),
  );
}

/** Python's start:stop:step of a dimension of this size; what is undefined is as far as it goes. */
function rangeOf(from: number | undefined, to: number | undefined, step: number, size: number): Range {
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const [first, last] = step > 0 ? [least, most] : [most, least];
  const start = from === undefined ? first : clamped(from, size, least, most);
  const stop = to === undefined ? last : clamped(to, size, least, most);
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) };
}

function clamped(position: number, size: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, position < 0 ? position + size : position));
}
