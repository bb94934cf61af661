import { isBatched } from './batch.js';
import { lyingAs } from './layout.js';
import { axisOf, type Call, numbersOf, type Operators, operand, refusedUse } from './operator.js';
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

export function sliced(call: Call, value: Constant | Flow, ranges: readonly Range[]): Constant | Flow {
  const shape = ranges.map(({ count }) => count);
  if (isConstant(value)) {
    const strides = stridesOf(value.shape);
    const start = ranges.reduce((sum, range, axis) => sum + range.start * (strides[axis] ?? 0), 0);
    return picked(
      value,
      shape,
      ranges.map(({ step }, axis) => step * (strides[axis] ?? 0)),
      start,
    );
  }
  const cut = value.shape.flatMap((size, axis) => {
    const { start, step, count } = ranges[axis] ?? { start: 0, step: 1, count: size };
    return start === 0 && step === 1 && count === size ? [] : [{ axis, start, step, count }];
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
  return lyingAs(value, name, shape);
}

/** numpy's slices, as TensorFlow writes them: bits of the masks say what begin, end and strides mean at each place. */
function stridedSlice(call: Call): Constant | Flow {
  const value = operand(call, 0);
  const [begin, end, steps] = [
    numbersOf(call, 1, 'start'),
    numbersOf(call, 2, 'end'),
    numbersOf(call, 3, 'step'),
  ];
  const mask = (name: string) => {
    const bits = call.attributes.number(name, 0);
    return (place: number) => ((bits >> place) & 1) === 1;
  };
  const isNew = mask('new_axis_mask');
  const isEllipsis = mask('ellipsis_mask');
  const isGone = mask('shrink_axis_mask');
  const startsOpen = mask('begin_mask');
  const endsOpen = mask('end_mask');
  const ranges: Range[] = [];
  /** Sizes of the result: what is gone is left out, what is new is 1. */
  const shape: number[] = [];
  const keep = (count: number) => {
    const axis = ranges.length;
    const size = value.shape[axis] ?? 1;
    ranges.push({ start: 0, step: 1, count: size });
    shape.push(count === -1 ? size : count);
  };
  const places = begin.map((_, place) => place);
  const taken = places.filter((place) => !isNew(place) && !isEllipsis(place)).length;
  for (const place of places) {
    if (isEllipsis(place)) {
      for (let i = value.shape.length - taken; i > 0; i--) keep(-1);
    } else if (isNew(place)) {
      shape.push(1);
    } else {
      const size = value.shape[ranges.length];
      if (size === undefined) throw refusedUse(call, `it has more places than its input has dimensions`);
      const step = steps[place] ?? 1;
      const at = (position: number, least: number, most: number) =>
        Math.min(most, Math.max(least, position < 0 ? position + size : position));
      const first = begin[place] ?? 0;
      if (isGone(place)) {
        const start = at(first, 0, size - 1);
        if (isBatched(size)) throw refusedUse(call, 'it takes one image out of a batch');
        ranges.push({ start, step: 1, count: 1 });
        continue;
      }
      const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
      const start = startsOpen(place) ? (step > 0 ? 0 : size - 1) : at(first, least, most);
      const stop = endsOpen(place) ? (step > 0 ? size : -1) : at(end[place] ?? 0, least, most);
      const count = Math.max(0, Math.ceil((stop - start) / step));
      ranges.push({ start, step, count });
      shape.push(count);
    }
  }
  while (ranges.length < value.shape.length) keep(-1);
  return shapedAs(call, sliced(call, value, ranges), shape);
}
