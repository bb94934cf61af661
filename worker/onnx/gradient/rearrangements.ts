import { isBatched } from '../batch.js';
import { type Attribute, int, ints, text } from '../builder.js';
import { counted, frontAxis } from '../shapes/list.js';
import { padsOf, sectionsOf } from '../shapes/rearrangements.js';
import { expand, reshape, transpose, zeros } from './formula.js';
import type { Call, Rule } from './rule.js';

/** What moves numbers: their gradients move back. */

/** Reshape, Flatten, Squeeze, Unsqueeze. */
export const reshaped: Rule = (call) => [
  () => reshape(call, call.gradient(), call.shape(call.inputs[0] ?? '')),
];

export const passedOn: Rule = (call) => [
  { make: () => call.loose(), channels: call.channels, masked: call.masked() },
];

/** What is left of a Dropout when a network was brought to its modern form is one that drops numbers at random. */
export const dropout: Rule = (call) => {
  throw call.refusal('it drops numbers at random, or may');
};

export const transposed: Rule = (call) => {
  const rank = call.shape(call.inputs[0] ?? '').length;
  const order = call.attributes.numbers('perm') ?? counted(rank).toReversed();
  return [
    () =>
      transpose(
        call,
        call.gradient(),
        counted(rank).map((axis) => order.indexOf(axis)),
      ),
  ];
};

export const concatenated: Rule = (call) => {
  const shape = call.shape(call.outputs[0] ?? '');
  const axis = frontAxis(call.attributes.number('axis', 0), shape.length);
  refuseImages(call, shape[axis], 'it joins images');
  let end = 0;
  return call.inputs.map((name) => {
    const from = end;
    end += call.shape(name)[axis] ?? 0;
    const to = end;
    if (axis !== 1) return () => part(call, call.gradient(), axis, from, to);
    return {
      masked: call.masked(),
      make: () => call.channels(from, to),
      channels: (first: number, last: number) => call.channels(from + first, from + last),
    };
  });
};

/** Throws where an axis is as long as there are images, which is known only when the network is run. */
function refuseImages(call: Call, size: number | undefined, reason: string): void {
  if (isBatched(size ?? 0)) throw call.refusal(reason);
}

/** Numbers `from` … `to` − 1 of an axis. */
export function part(
  { graph }: Pick<Call, 'graph'>,
  x: string,
  axis: number,
  from: number,
  to: number,
): string {
  return graph.node('Slice', [x, ...[from, to, axis].map((each) => graph.integers([each]))]);
}

export const split: Rule = (call) => {
  const rank = call.shape(call.inputs[0] ?? '').length;
  const axis = frontAxis(call.attributes.number('axis', 0), rank);
  return [
    () => {
      const parts = call.outputs.map((name, i) => (call.has(i) ? call.gradient(i) : zeros(call, name)));
      return call.graph.node('Concat', parts, { axis: int(axis) });
    },
  ];
};

export const sliced: Rule = (call) => {
  const [x = ''] = call.inputs;
  const shape = call.shape(x);
  const sections = sectionsOf(shape, (i) => call.integers(call.inputs[i] ?? ''));
  if (sections === undefined) throw call.refusal('where it starts or ends is computed');
  for (const { axis, count } of sections) {
    if (count !== shape[axis]) refuseImages(call, shape[axis], 'it takes some of the images');
  }
  return [
    () => {
      const contiguous = sections.every(({ step }) => step === 1);
      if (contiguous) {
        const before = shape.map((_, axis) => sections.find((each) => each.axis === axis)?.first ?? 0);
        const after = shape.map((size, axis) => {
          const section = sections.find((each) => each.axis === axis);
          return section === undefined ? 0 : size - section.first - section.count;
        });
        return call.graph.node('Pad', [call.gradient(), call.graph.integers([...before, ...after])]);
      }
      const sizes = shape.map((size, axis) => sections.find((each) => each.axis === axis)?.count ?? size);
      return sections.reduce((gradient, { axis, first, count, step }) => {
        const places = counted(count).map((i) => first + i * step);
        return scattered(call, gradient, sizes, axis, places, shape[axis] ?? 0);
      }, call.gradient());
    },
  ];
};

/**
 * Adds each number of axis `axis` of `x`, whose shape is `sizes`, to place `places[i]` of an axis of `size`; `sizes` is
 * changed to the shape of the result.
 */
function scattered(
  call: Call,
  x: string,
  sizes: number[],
  axis: number,
  places: readonly number[],
  size: number,
): string {
  const { graph } = call;
  const extended = graph.integers([...sizes.map(() => 0), ...sizes.map((_, i) => (i === axis ? size : 0))]);
  // Padding what is nothing times x gives zeros of the right shape, whatever the number of images.
  const empty = part(call, x, axis, 0, 0);
  const target = graph.node('Pad', [empty, extended]);
  const column = reshape(
    call,
    graph.integers(places),
    sizes.map((_, i) => (i === axis ? places.length : 1)),
  );
  sizes[axis] = size;
  return graph.node('ScatterElements', [target, expand(call, column, x), x], {
    axis: int(axis),
    reduction: text('add'),
  });
}

/** Gather by indices that are known: each number is added to where it came from. */
export const gathered: Rule = (call) => {
  const [x = '', indices = ''] = call.inputs;
  const shape = call.shape(x);
  const places = call.integers(indices);
  if (places === undefined) throw call.refusal('its indices are computed');
  if (places.length === 0) return [];
  const axis = frontAxis(call.attributes.number('axis', 0), shape.length);
  const size = shape[axis] ?? 0;
  refuseImages(call, size, 'it takes some of the images');
  return [
    () => {
      const sizes = shape.with(axis, places.length);
      const flat = reshape(call, call.gradient(), sizes);
      const sources = places.map((at) => frontAxis(at, size));
      return (
        collected(call, flat, sizes.length, axis, sources, size) ??
        scattered(call, flat, [...sizes], axis, sources, size)
      );
    },
  ];
};

/** Adding numbers one by one takes about so many times as long as copying and adding as many in rows. */
const SLOWNESS = 8;

/**
 * The same as {@link scattered} does, as a sum of Gathers: of the first number that goes to each place, of the second one,
 * and so on. undefined where some place gets so many that scattering is cheaper.
 */
function collected(
  call: Call,
  x: string,
  rank: number,
  axis: number,
  places: readonly number[],
  size: number,
): string | undefined {
  const { graph } = call;
  const uses: number[][] = Array.from({ length: size }, () => []);
  places.forEach((place, i) => {
    uses[place]?.push(i);
  });
  const most = uses.reduce((greatest, { length }) => Math.max(greatest, length), 0);
  if (most * size > SLOWNESS * places.length) return undefined;
  // A place that gets fewer than others gets zeros, which are added behind.
  const isEven = uses.every(({ length }) => length === most);
  const ends = [...counted(rank).map(() => 0), ...counted(rank).map((i) => Number(i === axis))];
  const whole = isEven ? x : graph.node('Pad', [x, graph.integers(ends)]);
  return counted(most)
    .map((use) => {
      const taken = uses.map((each) => each[use] ?? places.length);
      return graph.node('Gather', [whole, graph.integers(taken)], { axis: int(axis) });
    })
    .reduce((sum, each) => graph.node('Add', [sum, each]));
}

export const padded: Rule = (call) => {
  const [x = '', list = '', , axes = ''] = call.inputs;
  const shape = call.shape(x);
  const pads = padsOf(shape.length, call.integers(list), axes === '' ? undefined : call.integers(axes));
  if (pads === undefined) throw call.refusal('how much it adds is computed');
  const mode = call.attributes.text('mode', 'constant');
  if (mode === 'constant') return [() => unpadded(call, shape, pads)];
  return [
    () => {
      const sizes = [...call.shape(call.outputs[0] ?? '')];
      return shape.reduce((gradient, size, axis) => {
        if (pads.before(axis) === 0 && pads.after(axis) === 0) return gradient;
        refuseImages(call, size, 'it repeats images');
        const places = counted(sizes[axis] ?? 0).map((i) => source(mode, i - pads.before(axis), size));
        return scattered(call, gradient, sizes, axis, places, size);
      }, call.gradient());
    },
  ];
};

/** Where Pad takes the number at `i` from, which may lie outside 0 … size − 1. */
function source(mode: string, i: number, size: number): number {
  if (mode === 'edge') return Math.min(size - 1, Math.max(0, i));
  if (mode === 'wrap') return ((i % size) + size) % size;
  // Reflected, without the number at the edge itself.
  const period = Math.max(1, 2 * (size - 1));
  const at = ((i % period) + period) % period;
  return at < size ? at : period - at;
}

function unpadded(
  call: Call,
  shape: readonly number[],
  pads: NonNullable<ReturnType<typeof padsOf>>,
): string {
  const axes = counted(shape.length);
  // What is added is cut off; what was cut off (a negative number) is added as zeros.
  const cut = axes.filter((axis) => pads.before(axis) !== 0 || pads.after(axis) !== 0);
  if (cut.length === 0) return call.gradient();
  const list = [...axes.map((axis) => -pads.before(axis)), ...axes.map((axis) => -pads.after(axis))];
  return call.graph.node('Pad', [call.gradient(), call.graph.integers(list)]);
}

export const tiled: Rule = (call) => {
  const [x = '', list = ''] = call.inputs;
  const shape = call.shape(x);
  const repeats = call.integers(list);
  if (repeats === undefined) throw call.refusal('how often it repeats is computed');
  return [
    () => {
      const apart = shape.flatMap((size, axis) => [repeats[axis] ?? 1, size]);
      const whole = reshape(call, call.gradient(), apart);
      const axes = counted(shape.length).map((axis) => 2 * axis);
      const attributes: Record<string, Attribute> = { keepdims: int(0) };
      return call.graph.node('ReduceSum', [whole, call.graph.integers(axes)], attributes);
    },
  ];
};

/** The upper or the lower triangle of matrices. */
export const triangle: Rule = (call) => {
  const [, diagonal = ''] = call.inputs;
  const upper = int(call.attributes.number('upper', 1));
  const inputs = () => [call.gradient(), ...(diagonal === '' ? [] : [diagonal])];
  return [() => call.graph.node('Trilu', inputs(), { upper })];
};

/** DepthToSpace and SpaceToDepth are each other's way back. */
export function blocksBy(inverse: 'DepthToSpace' | 'SpaceToDepth'): Rule {
  return (call) => {
    const mode = call.attributes.text('mode', 'DCR');
    const blocksize = int(call.attributes.number('blocksize', 1));
    const attributes = inverse === 'DepthToSpace' ? { blocksize, mode: text('DCR') } : { blocksize };
    if (mode === 'DCR') return [() => call.graph.node(inverse, [call.gradient()], attributes)];
    return [() => spaceToDepthByColumn(call)];
  };
}

/** The way back of DepthToSpace in mode CRD: [n, c, h, b, w, b] → [n, c, b, b, h, w]. */
function spaceToDepthByColumn(call: Call): string {
  const b = call.attributes.number('blocksize', 1);
  const [n = 1, c = 1, h = 1, w = 1] = call.shape(call.outputs[0] ?? '');
  const apart = reshape(call, call.gradient(), [n, c, h / b, b, w / b, b]);
  const turned = call.graph.node('Transpose', [apart], { perm: ints([0, 1, 3, 5, 2, 4]) });
  return reshape(call, turned, call.shape(call.inputs[0] ?? ''));
}
