import type { Topology } from '../../protocol/spec/topology.js';

/**
 * The islands that `island` sends its migrants to, ascending; `members` are the islands that take part, in any order.
 * An island that is no member has no neighbours. All but `none` reach everyone from anyone, in some steps; all but
 * `random:K` are symmetric: two islands are each other's neighbours, or neither is.
 * - `full`: all others.
 * - `ring`: the one before and the one after among the members, as in pagmo.
 * - `torus`: the four beside it on a grid, see {@link besideOnTorus}.
 * - `star`: the first member, the hub, has all others, and they have it.
 * - `random:K`: K others that hardly change as members come and go, see {@link drawnFor}; `seed` decides which.
 * - `none`: no island.
 */
export function neighboursOf(
  topology: Topology,
  seed: number,
  members: readonly number[],
  island: number,
): number[] {
  const circle = [...new Set(members)].sort((a, b) => a - b);
  const place = circle.indexOf(island);
  if (place < 0) return [];
  const others = () => circle.filter((other) => other !== island);
  const at = (places: readonly number[]) =>
    [...new Set(places)]
      .filter((other) => other !== place)
      .sort((a, b) => a - b)
      .flatMap((other) => circle[other] ?? []);
  switch (topology) {
    case 'none':
      return [];
    case 'full':
      return others();
    case 'ring':
      return at(besideOnCircle(place, circle.length));
    case 'torus':
      return at(besideOnTorus(place, circle.length));
    case 'star':
      return place === 0 ? others() : circle.slice(0, 1);
    default:
      return at(drawnFor(place, circle, seed, Number(topology.slice('random:'.length))));
  }
}

/** The places before and after one of `length` on a circle; the place itself where there is no other. */
function besideOnCircle(place: number, length: number): number[] {
  return [(place + length - 1) % length, (place + 1) % length];
}

/**
 * The places beside one of `count` that fill a grid row by row, about as wide as high. Rows and columns are circles;
 * the last row may be short, and the columns that it does not reach are circles of one less.
 */
function besideOnTorus(place: number, count: number): number[] {
  const width = Math.ceil(Math.sqrt(count));
  const [row, column] = [Math.floor(place / width), place % width];
  const inRow = Math.min(width, count - row * width);
  const inColumn = Math.ceil((count - column) / width);
  return [
    ...besideOnCircle(column, inRow).map((other) => row * width + other),
    ...besideOnCircle(row, inColumn).map((other) => other * width + column),
  ];
}

/**
 * The places of the next on the circle, so that everyone is reached, and of the others of least hash (rendezvous
 * hashing: Thaler and Ravishankar 1998): an island that comes is drawn or not, one that goes is replaced, and nothing else changes.
 */
function drawnFor(place: number, circle: readonly number[], seed: number, degree: number): number[] {
  const count = circle.length;
  const next = (place + 1) % count;
  const mine = mix(mix(0x9e3779b9, seed), circle[place] ?? 0);
  // The least so far, ascending; not sorted as a whole: a coordinator asks this for every island of a thousand.
  const drawn: { readonly place: number; readonly hash: number }[] = [];
  circle.forEach((other, at) => {
    if (at === place || at === next) return;
    const hash = mix(mine, other);
    if (drawn.length >= degree - 1 && hash >= (drawn.at(-1)?.hash ?? 0)) return;
    drawn.splice(drawn.filter((one) => one.hash <= hash).length, 0, { place: at, hash });
    drawn.length = Math.min(drawn.length, degree - 1);
  });
  return [next, ...drawn.map((one) => one.place)];
}

/** 32 well mixed bits of a hash so far and one more number: the finaliser of MurmurHash3. */
function mix(hash: number, number: number): number {
  let mixed = Math.imul(hash ^ number, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
