import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type GraphWriter, graphWriter, text, wholes } from './graph-writer.js';
import { expectSame } from './oracle.js';

/** Adds the operators that are tried to the input `x`; returns the output. `pick` draws options. */
export type Build = (
  g: GraphWriter,
  x: string,
  pick: <T>(...choices: readonly T[]) => T,
  random: RandomStream,
) => string;

export interface Case {
  readonly sizes?: readonly number[];
  readonly times?: number;
  readonly least?: number;
  readonly most?: number;
}

/** Builds the network `times` times with other options and images, and compares each. */
export async function expectAll(
  build: Build,
  { sizes = [7, 9, 3], times = 6, ...range }: Case = {},
): Promise<void> {
  for (let seed = 0; seed < times; seed++) {
    const random = randomFrom(seed);
    const g = graphWriter(random);
    const pick = <T>(...choices: readonly T[]): T => choices[random.below(choices.length)] as T;
    const x = g.input([-1, ...sizes]);
    const y = build(g, x, pick, random);
    await expectSame(g.model([g.node('Identity', [y])]), random, { sizes, images: 2, ...range });
  }
}

/** Where a stride exceeds the window, XNNPACK (the wasm backend) pads SAME otherwise than TensorFlow does. */
export function sweep(pick: <T>(...choices: readonly T[]) => T, size: number, dilation = 1) {
  const stride = dilation > 1 ? 1 : Math.min(size, pick(1, 2, 3));
  const isExplicit = pick(0, 1, 2) === 0;
  const pads = [0, 0, pick(0, 1), pick(0, 2), pick(0, 1), pick(1, 0), 0, 0];
  return {
    strides: wholes([1, stride, stride, 1]),
    dilations: wholes([1, dilation, dilation, 1]),
    padding: text(isExplicit ? 'EXPLICIT' : pick('SAME', 'VALID')),
    explicit_paddings: wholes(isExplicit ? pads : []),
  };
}

/** A window that moves by one pixel at a time. */
export const still = (padding: 'SAME' | 'VALID') => ({
  strides: wholes([1, 1, 1, 1]),
  dilations: wholes([1, 1, 1, 1]),
  padding: text(padding),
});
