import { lengthOf } from '../shape.js';
import type { Attributes } from './attributes.js';
import { flowing } from './layout.js';
import { type Call, flowOf, numbersOf, type Operator, type Operators } from './operator.js';
import { padded } from './padding.js';
import { refusedUse } from './refusals.js';
import { shapedAs } from './reshape.js';
import { cropped } from './slices.js';
import { viewed } from './transpose.js';
import { type Apart, type Flow, isConstant, type Value } from './values.js';
import { requireImages } from './window.js';

/**
 * Images taken apart into one for each place in a block, and put together again: TensorFlow's way to dilate a convolution
 * between the two. What the pair and the operators between them do to the whole image is written beside what they do to its
 * parts; of the two, only what is needed stays in the graph.
 */
export const BLOCKS: Operators = {
  SpaceToBatchND: (call) => {
    const input = flowOf(call, 0);
    requireImages(call, input);
    const [down, across] = blockOf(call);
    const [top = 0, bottom = 0, left = 0, right = 0] = numbersOf(call, 2, 'padding');
    const pads = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ] as const;
    const whole = padded(call, input, pads, 0);
    const [batch = 1, rows = 1, columns = 1, channels = 1] = whole.shape;
    const [high, wide] = [rows / down, columns / across];
    if (!Number.isInteger(high) || !Number.isInteger(wide)) {
      throw refusedUse(call, 'its blocks do not fill the image');
    }
    const blocks = shapedAs(call, whole, [batch, high, down, wide, across, channels]);
    const sorted = viewed(blocks, [2, 4, 0, 1, 3, 5]);
    const parts = shapedAs(call, sorted, [batch * down * across, high, wide, channels]);
    const apart = { inside: input, block: [down, across] as const, pads: [pads[1], pads[2]] };
    return { ...flowing(call.graph, parts), apart };
  },
  BatchToSpaceND: (call) => {
    const input = flowOf(call, 0);
    requireImages(call, input);
    const [down, across] = blockOf(call);
    const [top = 0, bottom = 0, left = 0, right = 0] = numbersOf(call, 2, 'crops');
    const [parts = 1, high = 1, wide = 1, channels = 1] = input.shape;
    const batch = parts / (down * across);
    const { apart } = input;
    const isWhole =
      apart !== undefined && String(apart.block) === String([down, across]) && isBorderless(apart);
    const blocks = shapedAs(call, input, [down, across, batch, high, wide, channels]);
    const together = isWhole
      ? apart.inside
      : shapedAs(call, viewed(blocks, [2, 3, 0, 4, 1, 5]), [batch, high * down, wide * across, channels]);
    return cropped(call, together, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
  },
};

function blockOf(call: Call): readonly [number, number] {
  const block = numbersOf(call, 1, 'block');
  const [down, across] = block;
  if (down === undefined || across === undefined || block.length !== 2) {
    throw refusedUse(call, `its blocks have ${block.length} dimensions`);
  }
  return [down, across];
}

function isBorderless({ pads }: Apart): boolean {
  return pads.every(([before, after]) => before + after === 0);
}

/** `operator`, a convolution, also on the image as it was before it was taken apart: there it is dilated. */
export function dilating(operator: Operator): Operator {
  return besides(operator, (call, { block, pads }) => {
    const { attributes } = call;
    const isPlain = ['strides', 'dilations'].every((name) =>
      (attributes.numbers(name) ?? []).every((each) => each === 1),
    );
    if (!isPlain || attributes.text('padding', 'VALID') !== 'VALID') return undefined;
    const [rows = [0, 0], columns = [0, 0]] = pads;
    const numbers: Attributes['numbers'] = (name) => {
      if (name === 'dilations') return [1, ...block, 1];
      return name === 'explicit_paddings' ? [0, 0, ...rows, ...columns, 0, 0] : attributes.numbers(name);
    };
    const text: Attributes['text'] = (name, byDefault) =>
      name === 'padding' ? 'EXPLICIT' : attributes.text(name, byDefault);
    return { ...attributes, numbers, text };
  });
}

/** `operator`, which does the same to every pixel, also on the image as it would be had it never been taken apart. */
export function pixelwise(operator: Operator): Operator {
  return besides(operator, (call, apart) => {
    const isSame = call.inputs.slice(1).every((value) => isConstant(value) && isForEach(value.shape));
    return isSame && isBorderless(apart) ? call.attributes : undefined;
  });
}

/** One number for all, or one for each channel. */
function isForEach(shape: readonly number[]): boolean {
  return lengthOf(shape.slice(0, -1)) === 1;
}

function besides(
  operator: Operator,
  attributesOf: (call: Call, apart: Apart) => Attributes | undefined,
): Operator {
  return (call) => {
    const result = operator(call);
    const [input, ...others] = call.inputs;
    const apart = input?.kind === 'flow' ? input.apart : undefined;
    const attributes = apart && attributesOf(call, apart);
    if (apart === undefined || attributes === undefined || !isFlow(result)) return result;
    const inside = operator({ ...call, attributes, inputs: [apart.inside, ...others] });
    if (!isFlow(inside)) return result;
    return {
      ...result,
      apart: {
        inside,
        block: apart.block,
        pads: [
          [0, 0],
          [0, 0],
        ],
      },
    };
  };
}

function isFlow(result: Value | readonly Value[]): result is Flow {
  return 'kind' in result && result.kind === 'flow';
}
