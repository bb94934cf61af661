import type { RandomStream } from '../../../protocol/base/random.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { randomOrder } from '../../../worker/training/random-order.js';

/** What is done to a picture, to see what a network went by. `plain`: nothing. */
export const ALTERATIONS = ['plain', 'grey', 'swapped', 'shuffled'] as const;
export type Alteration = (typeof ALTERATIONS)[number];

/** Blocks along a side of a picture that is shuffled. */
export const BLOCKS = 4;

/**
 * A changed copy of an RGB picture, [height, width, 3]; its sides are multiples of {@link BLOCKS}. `grey`: each pixel has the
 * mean of its channels. `swapped`: red and blue are exchanged, so that orange is blue. `shuffled`: its 4 × 4 blocks are put in
 * an order drawn from `random`, so that the colours stay and the shape does not. Throws a RangeError for other pictures.
 */
export function altered(picture: Pixels, alteration: Alteration, random: RandomStream): Pixels {
  const { width, height, channels, data } = picture;
  if (channels !== 3 || width % BLOCKS !== 0 || height % BLOCKS !== 0) {
    throw new RangeError(`expected a picture of 3 channels and sides of multiples of ${BLOCKS}`);
  }
  if (alteration === 'shuffled') return { ...picture, data: shuffled(picture, random) };
  const out = data.slice();
  if (alteration === 'plain') return { ...picture, data: out };
  for (let i = 0; i < out.length; i += 3) {
    const [red, green, blue] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    const mean = Math.round((red + green + blue) / 3);
    out.set(alteration === 'grey' ? [mean, mean, mean] : [blue, green, red], i);
  }
  return { ...picture, data: out };
}

function shuffled({ width, height, data }: Pixels, random: RandomStream): Uint8Array {
  const out = new Uint8Array(data.length);
  const [across, down] = [width / BLOCKS, height / BLOCKS];
  const order = randomOrder(BLOCKS * BLOCKS, random);
  order.forEach((from, to) => {
    for (let row = 0; row < down; row++) {
      const source = rowOf(from, row, across, down, width);
      out.set(data.subarray(source, source + 3 * across), rowOf(to, row, across, down, width));
    }
  });
  return out;
}

/** Where a row of a block begins. */
function rowOf(block: number, row: number, across: number, down: number, width: number): number {
  return 3 * ((Math.floor(block / BLOCKS) * down + row) * width + (block % BLOCKS) * across);
}
