/** A shift in pixels, to the right and downwards. */
export type Shift = readonly [x: number, y: number];

/** What repeats in a picture: the picture is like itself, moved by any whole combination of these shifts. */
export interface Repetition {
  /** One shift: stripes or a row of elements; two: a lattice. */
  readonly shifts: readonly [Shift] | readonly [Shift, Shift];
  /** Pearson's correlation of the picture with itself, moved by the first of them; −1 … 1. */
  readonly correlation: number;
}

/** Brightness, row by row, shape [height, width]. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/** Shifts shorter than this are texture. */
const SHORTEST = 3;
/** A picture that is less like itself than this does not repeat. */
const LIKE = 0.3;
/** On the way to a shift the likeness falls by at least so much: else it is one large shape. */
const VALLEY = 0.15;
/** Of all shifts that are nearly as good as the best, the shortest is the element's own. */
const NEARLY = 0.9;
/** |sin| of the angle between two shifts of a lattice, at the least. */
const ACROSS = 0.4;

/** The likeness of a picture with itself under every shift of at most half its sides. */
export interface Autocorrelation {
  /** NaN beyond half the sides, and where a part of the picture has no contrast. */
  at(x: number, y: number): number;
  readonly reach: { readonly x: number; readonly y: number };
}

/**
 * Pearson's correlation of the picture's overlapping parts under each shift: the normalised autocorrelation, whose peaks
 * are the periods of what repeats.
 */
export function autocorrelation(luma: Luma): Autocorrelation {
  const { width, height, values } = luma;
  const reach = { x: width >> 1, y: height >> 1 };
  const sums = integral(luma, (value) => value);
  const squares = integral(luma, (value) => value * value);
  const columns = 2 * reach.x + 1;
  const found = new Float64Array(columns * (reach.y + 1));
  for (let dy = 0; dy <= reach.y; dy++) {
    for (let dx = -reach.x; dx <= reach.x; dx++) {
      const left = Math.max(0, -dx);
      const size = { width: width - Math.abs(dx), height: height - dy };
      let product = 0;
      for (let y = 0; y < size.height; y++) {
        const from = y * width + left;
        const to = (y + dy) * width + left + dx;
        for (let x = 0; x < size.width; x++) product += (values[from + x] ?? 0) * (values[to + x] ?? 0);
      }
      const count = size.width * size.height;
      const here = { x: left, y: 0, ...size };
      const there = { x: left + dx, y: dy, ...size };
      const [a, b] = [sums(here), sums(there)];
      const variances = (squares(here) - (a * a) / count) * (squares(there) - (b * b) / count);
      found[dy * columns + dx + reach.x] =
        variances > 1e-6 ? (product - (a * b) / count) / Math.sqrt(variances) : Number.NaN;
    }
  }
  return {
    reach,
    at(x, y) {
      // A shift and its opposite are the same.
      const [dx, dy] = y < 0 ? [-x, -y] : [x, y];
      if (Math.abs(dx) > reach.x || dy > reach.y) return Number.NaN;
      return found[dy * columns + dx + reach.x] ?? Number.NaN;
    },
  };
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The sum of what `of` makes of the values, over any area, in one step. */
function integral({ width, height, values }: Luma, of: (value: number) => number): (area: Area) => number {
  const stride = width + 1;
  const table = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += of(values[y * width + x] ?? 0);
      table[(y + 1) * stride + x + 1] = (table[y * stride + x + 1] ?? 0) + row;
    }
  }
  const at = (x: number, y: number) => table[y * stride + x] ?? 0;
  return ({ x, y, width: w, height: h }) => at(x + w, y + h) - at(x, y + h) - at(x + w, y) + at(x, y);
}

/** What repeats in a picture; undefined where nothing does. */
export function findRepetition(luma: Luma): Repetition | undefined {
  const likeness = autocorrelation(luma);
  const peaks = peaksOf(likeness);
  const first = shortestOf(peaks);
  if (first === undefined) return undefined;
  const second = shortestOf(peaks.filter((peak) => isAcross(peak, first, likeness)));
  const shifts = second
    ? ([refine(first, likeness), refine(second, likeness)] as const)
    : ([refine(first, likeness)] as const);
  return { shifts, correlation: likeness.at(...first) };
}

interface Peak {
  readonly shift: Shift;
  readonly like: number;
}

/** Shifts that no neighbour is better than, all of which are in reach, and to which the way leads through a valley. */
function peaksOf(likeness: Autocorrelation): Peak[] {
  const { reach, at } = likeness;
  const peaks: Peak[] = [];
  for (let y = 0; y < reach.y; y++) {
    for (let x = 1 - reach.x; x < reach.x; x++) {
      const like = at(x, y);
      if (!(like >= LIKE) || Math.hypot(x, y) < SHORTEST || (y === 0 && x < 0)) continue;
      const isTop = [-1, 0, 1].every((dy) => [-1, 0, 1].every((dx) => !(at(x + dx, y + dy) > like)));
      if (isTop && isBeyondValley([x, y], likeness)) peaks.push({ shift: [x, y], like });
    }
  }
  return peaks;
}

/** Whether the likeness falls and rises again on the straight way to a shift. */
function isBeyondValley([x, y]: Shift, { at }: Autocorrelation): boolean {
  const end = at(x, y);
  const steps = Math.ceil(2 * Math.hypot(x, y));
  let lowest = 1;
  for (let step = 1; step < steps; step++) {
    const like = at(Math.round((x * step) / steps), Math.round((y * step) / steps));
    if (like < lowest) lowest = like;
  }
  return end - lowest >= VALLEY;
}

/** Of equally short ones the one that lies flatter. */
function shortestOf(peaks: readonly Peak[]): Shift | undefined {
  const best = peaks.reduce((most, { like }) => Math.max(most, like), 0);
  const good = peaks.filter(({ like }) => like >= NEARLY * best);
  const length = ({ shift: [x, y] }: Peak) => Math.hypot(x, y) + Math.abs(y) * 1e-6;
  return good.toSorted((a, b) => length(a) - length(b))[0]?.shift;
}

/** Whether a peak goes across the first shift, and is no shift along stripes that multiples of the first have moved on. */
function isAcross({ shift: [x, y] }: Peak, [fx, fy]: Shift, likeness: Autocorrelation): boolean {
  const sine = Math.abs(x * fy - y * fx) / (Math.hypot(x, y) * Math.hypot(fx, fy));
  if (sine < ACROSS) return false;
  const along = Math.round((x * fx + y * fy) / (fx * fx + fy * fy));
  const rest: Shift = [x - along * fx, y - along * fy];
  return Math.hypot(...rest) >= SHORTEST && isBeyondValley(rest, likeness);
}

/** A period in fractions of a pixel: its multiples are looked for near where they should be. */
function refine(shift: Shift, { at }: Autocorrelation): Shift {
  let found = shift;
  for (let times = 2; ; times++) {
    const [x, y] = [Math.round(found[0] * times), Math.round(found[1] * times)];
    // Of equally good ones the one nearest to what was expected.
    let best: Shift = [x, y];
    for (const [dx, dy] of AROUND) if (at(x + dx, y + dy) > at(...best) + 1e-9) best = [x + dx, y + dy];
    const isInReach = AROUND.every(([dx, dy]) => !Number.isNaN(at(x + dx, y + dy)));
    if (!isInReach || at(...best) < LIKE) return found;
    found = [best[0] / times, best[1] / times];
  }
}

/** The neighbours of a shift, the nearest first. */
const AROUND: readonly Shift[] = [
  ...([
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const),
  ...([
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ] as const),
];
