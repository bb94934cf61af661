import type { RandomStream } from '../../../protocol/base/random.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { mean } from '../statistics/quantile.js';
import type { Lattice } from './lattice.js';

/** Confidence with so many copies of what repeats. */
export interface CopyCount {
  readonly copies: number;
  /** So many of the copies are kept, the others are covered: mean, least and greatest over the orders. */
  readonly kept: number;
  readonly least: number;
  readonly greatest: number;
  /** So many times the one copy is pasted. */
  readonly pasted: number;
}

export interface Ablation {
  /** From no copy to all. */
  readonly counts: readonly CopyCount[];
  /** The copy that is pasted: the one that alone has the greatest confidence. */
  readonly best: number;
  /** Confidence with that copy alone. */
  readonly alone: number;
}

export interface AblationOptions {
  readonly pixels: Pixels;
  readonly lattice: Lattice;
  /** What stands where there is no copy; one byte a channel. */
  readonly colour: readonly number[];
  readonly score: (pictures: readonly Uint8Array[]) => Promise<number[]>;
  /** In so many orders, drawn at random, copies are kept. */
  readonly orders: number;
  readonly random: RandomStream;
  readonly batch: number;
  readonly onPicture?: (done: number, total: number) => void;
}

/** So many numbers of copies at the most, evenly spaced, with none and all among them. */
const MOST_COUNTS = 40;

/** Keeps n copies, for every n, and pastes one copy n times. Deterministic by its random stream. */
export async function ablate(options: AblationOptions): Promise<Ablation> {
  const { pixels, lattice, colour, orders, random } = options;
  const { tiles } = lattice;
  const numbers = copyNumbers(tiles);
  const shuffled = Array.from({ length: orders }, () => shuffle(tiles, random));
  const total = tiles + numbers.length * (orders + 1);
  const score = inBatches(options, total);
  const singles = Array.from(
    { length: tiles },
    (_, tile) => () => keep(pixels, lattice, colour, new Set([tile])),
  );
  const alone = await score(singles);
  const best = bestOf(alone, lattice);
  const counts: CopyCount[] = [];
  for (const copies of numbers) {
    const keptOnes = shuffled.map(
      (order) => () => keep(pixels, lattice, colour, new Set(order.slice(0, copies))),
    );
    const found = await score([...keptOnes, () => paste(pixels, lattice, colour, best, copies)]);
    const kept = found.slice(0, orders);
    const [least, greatest] = [Math.min(...kept), Math.max(...kept)];
    counts.push({ copies, kept: mean(kept), least, greatest, pasted: found[orders] ?? Number.NaN });
  }
  return { counts, best, alone: alone[best] ?? Number.NaN };
}

/** 0 … tiles, all of them or so many evenly spaced ones. */
export function copyNumbers(tiles: number): number[] {
  const steps = Math.min(tiles, MOST_COUNTS);
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((i * tiles) / steps));
}

/** Among copies that the border does not cut; of equal ones the one nearest to the middle. */
function bestOf(alone: readonly number[], { areas }: Lattice): number {
  const uncut = Math.max(...areas) * 0.9;
  let best = -1;
  alone.forEach((confidence, tile) => {
    if ((areas[tile] ?? 0) >= uncut && (best < 0 || confidence > (alone[best] ?? 0))) best = tile;
  });
  return Math.max(0, best);
}

function inBatches({ score, batch, onPicture }: AblationOptions, total: number) {
  let done = 0;
  return async (makers: readonly (() => Uint8Array)[]): Promise<number[]> => {
    const found: number[] = [];
    for (let from = 0; from < makers.length; from += batch) {
      onPicture?.(done, total);
      const pictures = makers.slice(from, from + batch).map((make) => make());
      found.push(...(await score(pictures)));
      done += pictures.length;
    }
    onPicture?.(done, total);
    return found;
  };
}

/** The picture with only some of its tiles; the others are of one colour. */
export function keep(
  { channels, data }: Pixels,
  { tileOf }: Lattice,
  colour: readonly number[],
  tiles: ReadonlySet<number>,
): Uint8Array {
  const changed = Uint8Array.from(data);
  tileOf.forEach((tile, pixel) => {
    if (tiles.has(tile)) return;
    for (let c = 0; c < channels; c++) changed[pixel * channels + c] = colour[c] ?? 0;
  });
  return changed;
}

/** One tile, pasted where the first `copies` tiles lie, itself first, then from the middle outwards. */
export function paste(
  { width, height, channels, data }: Pixels,
  { tileOf, offsets, tiles }: Lattice,
  colour: readonly number[],
  source: number,
  copies: number,
): Uint8Array {
  const order = [
    source,
    ...Array.from({ length: tiles }, (_, tile) => tile).filter((tile) => tile !== source),
  ];
  const shown = new Set(order.slice(0, copies));
  const first = tileOf.indexOf(source);
  const origin = [offsets[2 * first] ?? 0, offsets[2 * first + 1] ?? 0] as const;
  const pasted = new Uint8Array(data.length);
  tileOf.forEach((tile, pixel) => {
    const x = (pixel % width) - ((offsets[2 * pixel] ?? 0) - origin[0]);
    const y = Math.floor(pixel / width) - ((offsets[2 * pixel + 1] ?? 0) - origin[1]);
    const from = y * width + x;
    const isThere = shown.has(tile) && x >= 0 && x < width && y >= 0 && y < height && tileOf[from] === source;
    for (let c = 0; c < channels; c++) {
      pasted[pixel * channels + c] = (isThere ? data[from * channels + c] : colour[c]) ?? 0;
    }
  });
  return pasted;
}

/** 0 … count − 1 in an order that is drawn: Fisher and Yates. */
function shuffle(count: number, random: RandomStream): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}
