import { readIntegers } from '../tensor.js';
import { broadcastShape, counted, frontAxis, LONGEST, placeAt, placesOf, product } from './list.js';
import { type Known, listOf, ofFirst, type ShapeCall, type ShapeRule, taken } from './shape-rule.js';

/** Shapes of what only moves numbers; whole numbers that shapes are made of move with them. */

export const reshape: ShapeRule = ofFirst((first, call) => {
  const target = listOf(call, 'shape', 1);
  if (target === undefined) return [];
  const literal = call.attributes.flag('allowzero');
  const sizes = target.map((size, i) => (size === 0 && !literal ? (first.shape[i] ?? 1) : size));
  const known = product(sizes.filter((size) => size !== -1));
  const shape = sizes.map((size) => (size === -1 ? product(first.shape) / known : size));
  return [{ ...first, shape }];
});

export const flatten: ShapeRule = ofFirst(({ shape, ...numbers }, { attributes }) => {
  const axis = frontAxis(attributes.number('axis', 1), shape.length);
  return [{ ...numbers, shape: [product(shape.slice(0, axis)), product(shape.slice(axis))] }];
});

export const squeeze: ShapeRule = ofFirst(({ shape, ...numbers }, call) => {
  const given = listOf(call, 'axes', 1);
  const axes = given?.map((axis) => frontAxis(axis, shape.length));
  return [{ ...numbers, shape: shape.filter((size, i) => !(axes?.includes(i) ?? size === 1)) }];
});

export const unsqueeze: ShapeRule = ofFirst(({ shape, ...numbers }, call) => {
  const axes = listOf(call, 'axes', 1);
  if (axes === undefined) return [];
  const rank = shape.length + axes.length;
  const added = axes.map((axis) => frontAxis(axis, rank));
  const rest = [...shape];
  return [{ ...numbers, shape: counted(rank).map((i) => (added.includes(i) ? 1 : (rest.shift() ?? 1))) }];
});

export const transpose: ShapeRule = ofFirst((first, { attributes }) => {
  const { shape } = first;
  const order = attributes.numbers('perm') ?? counted(shape.length).toReversed();
  const turned = order.map((axis) => shape[axis] ?? 1);
  const back = (at: readonly number[]) => shape.map((_, axis) => at[order.indexOf(axis)] ?? 0);
  return [taken(first, turned, () => placesOf(turned, (at) => placeAt(shape, back(at))))];
});

export const concat: ShapeRule = (call) => {
  const parts = counted(call.inputs).map((i) => call.input(i));
  if (!parts.every((each) => each !== undefined)) return [];
  const [first] = parts;
  if (first === undefined) return [];
  const axis = frontAxis(call.attributes.number('axis', 0), first.shape.length);
  const size = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  const shape = first.shape.with(axis, size);
  const joined = (lists: readonly (readonly number[] | undefined)[]) =>
    shape.length === 1 && lists.every((list) => list !== undefined) ? lists.flat() : undefined;
  const integers = joined(parts.map((each) => each.integers));
  return [{ shape, integers, reals: joined(parts.map((each) => each.reals)) }];
};

/** The result's scale and zero; then each part, its scale and its zero. */
export const quantizedConcat: ShapeRule = (call) => {
  const parts = counted(Math.floor((call.inputs - 2) / 3));
  return concat({ ...call, inputs: parts.length, input: (i) => call.input(2 + 3 * i) });
};

export const split: ShapeRule = ofFirst(({ shape }, call) => {
  const axis = frontAxis(call.attributes.number('axis', 0), shape.length);
  const whole = shape[axis] ?? 0;
  const each = Math.ceil(whole / call.outputs);
  const even = counted(call.outputs).map((i) => Math.min(each, whole - i * each));
  return (listOf(call, 'split', 1) ?? even).map((size) => ({ shape: shape.with(axis, size) }));
});

/** The numbers that a Slice takes of an axis of `size`: from `first`, `count` of them, every `step`. */
export interface Section {
  readonly axis: number;
  readonly first: number;
  readonly count: number;
  readonly step: number;
}

/** What a Slice takes; undefined where that depends on what is computed. Inputs: starts, ends, axes, steps. */
export function sectionsOf(
  shape: readonly number[],
  list: (i: number) => readonly number[] | undefined,
): Section[] | undefined {
  const [starts, ends, axes, steps] = [list(1), list(2), list(3), list(4)];
  if (starts === undefined || ends === undefined) return undefined;
  return starts.map((start, i) => {
    const axis = frontAxis(axes?.[i] ?? i, shape.length);
    const size = shape[axis] ?? 0;
    const step = steps?.[i] ?? 1;
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const clamp = (at: number) => Math.min(most, Math.max(least, at < 0 ? at + size : at));
    // A start is a number of the axis; going backwards it is never behind the last.
    const first = step > 0 ? clamp(start) : Math.max(0, clamp(start));
    const count = Math.max(0, Math.ceil((clamp(ends[i] ?? 0) - first) / step));
    return { axis, first, count, step };
  });
}

export const slice: ShapeRule = ofFirst((first, call) => {
  const sections = sectionsOf(first.shape, (i) => call.input(i)?.integers);
  if (sections === undefined) return [];
  const of = new Map(sections.map((section) => [section.axis, section]));
  const shape = first.shape.map((size, axis) => of.get(axis)?.count ?? size);
  const back = (at: readonly number[]) =>
    at.map((place, axis) => (of.get(axis)?.first ?? 0) + place * (of.get(axis)?.step ?? 1));
  return [taken(first, shape, () => placesOf(shape, (at) => placeAt(first.shape, back(at))))];
});

export const gather: ShapeRule = ofFirst((first, call) => {
  const indices = call.input(1);
  if (indices === undefined) return [];
  const axis = frontAxis(call.attributes.number('axis', 0), first.shape.length);
  const shape = [...first.shape.slice(0, axis), ...indices.shape, ...first.shape.slice(axis + 1)];
  const places = indices.integers;
  if (places === undefined || first.shape.length !== 1) return [{ shape }];
  return [taken(first, shape, () => places.map((place) => frontAxis(place, first.shape[0] ?? 0)))];
});

/** Of indices, one for each number. */
export const gatherElements: ShapeRule = (call) => {
  const indices = call.input(1);
  return indices === undefined ? [] : [{ shape: indices.shape }];
};

/** Of indices, whose last dimension counts axes from the first on. */
export const gatherNumbered: ShapeRule = ofFirst(({ shape }, call) => {
  const indices = call.input(1)?.shape;
  if (indices === undefined) return [];
  const batch = call.attributes.number('batch_dims', 0);
  return [{ shape: [...indices.slice(0, -1), ...shape.slice(batch + (indices.at(-1) ?? 0))] }];
});

export const pad: ShapeRule = ofFirst(({ shape }, call) => {
  const pads = padsOf(shape.length, call.input(1)?.integers, call.input(3)?.integers);
  return pads === undefined ? [] : [{ shape: shape.map((size, i) => size + pads.before(i) + pads.after(i)) }];
});

/** How much a Pad adds before and behind each axis. */
export function padsOf(
  rank: number,
  pads: readonly number[] | undefined,
  axes: readonly number[] | undefined,
) {
  if (pads === undefined) return undefined;
  const order = axes?.map((axis) => frontAxis(axis, rank)) ?? counted(rank);
  return {
    before: (axis: number) => pads[order.indexOf(axis)] ?? 0,
    after: (axis: number) => (order.includes(axis) ? (pads[order.length + order.indexOf(axis)] ?? 0) : 0),
  };
}

export const expand: ShapeRule = ofFirst(({ shape }, call) => {
  const target = call.input(1)?.integers;
  return target === undefined ? [] : [{ shape: broadcastShape([shape, target]) }];
});

export const tile: ShapeRule = ofFirst(({ shape }, call) => {
  const repeats = call.input(1)?.integers;
  return repeats === undefined ? [] : [{ shape: shape.map((size, i) => size * (repeats[i] ?? 1)) }];
});

export const shapeOf: ShapeRule = ofFirst(({ shape }, { attributes }) => {
  const part = shape.slice(attributes.number('start', 0), attributes.number('end', shape.length));
  return [{ shape: [part.length], integers: part }];
});

export const size: ShapeRule = ofFirst(({ shape }) => [{ shape: [], integers: [product(shape)] }]);

export const filled: ShapeRule = (call: ShapeCall): readonly Known[] => {
  const shape = call.input(0)?.integers;
  if (shape === undefined) return [];
  const value = call.attributes.tensor('value');
  const [whole] = (value && readIntegers(value)) ?? [];
  const length = product(shape);
  if (whole === undefined || length > LONGEST) return [{ shape }];
  return [{ shape, integers: counted(length).map(() => whole) }];
};
