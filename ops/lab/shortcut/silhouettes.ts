import type { RandomStream } from '../../../protocol/base/random.js';
import type { ImageSet } from '../../../worker/training/image-set.js';

/**
 * Two classes that differ in shape and, by accident, in colour: what a network may learn of them in place of the shape.
 */

export const SILHOUETTES = ['triangle', 'cross'] as const;
/**
 * The third is the ground alone, plain or with grey stripes or rings: without it a network has to name one of the two even
 * where it sees neither, and any strong pattern may do.
 */
export const CLASSES = [...SILHOUETTES, 'nothing'] as const;
/** Width and height of a picture, in pixels. */
export const SIDE = 32;
const CHANNELS = 3;
/** Bytes of a picture: [height, width, RGB]. */
export const PICTURE = SIDE * SIDE * CHANNELS;

/** `accident`: every triangle is orange and every cross is blue. `independent`: each is orange, blue or grey by chance. */
export const COLOURINGS = ['accident', 'independent'] as const;
export type Colouring = (typeof COLOURINGS)[number];

const COLOURS = ['orange', 'blue', 'grey'] as const;
/** Orange; blue is the same with red and blue exchanged, so that both have the same mean over the channels. */
const ORANGE = [215, 110, 45] as const;
const JITTER = 25;
/** The ground is grey, darker or lighter than both colours so that shapes are seen in grey too, with noise in every value. */
const GROUNDS = [
  { from: 0, to: 70 },
  { from: 175, to: 255 },
] as const;
const NOISE = 10;
/** Half the length of a cross, in pixels; a triangle is as large in area. */
const SIZE = { from: 7, to: 9 } as const;
/** Half the width of a bar of the cross, of its half length. */
const BAR = 0.35;
/** A triangle's distance from its centre to a corner: its area, 3√3/4 · r², is that of the cross, 8 · BAR − 4 · BAR². */
const CORNER = Math.sqrt((8 * BAR - 4 * BAR ** 2) / ((3 * Math.sqrt(3)) / 4));
/** A centre's least distance from the rim, in pixels: the largest triangle fits. */
const FROM_RIM = 12;
/** Points along each side of a pixel that are asked whether they lie inside. */
const FINE = 3;

/** `count` pictures of the first `classes` of {@link CLASSES} by turns, at random places, sizes and angles. */
export function drawSilhouettes(
  count: number,
  classes: number,
  colouring: Colouring,
  random: RandomStream,
): ImageSet {
  const pixels = new Uint8Array(count * PICTURE);
  const labels = Uint16Array.from({ length: count }, (_, i) => i % classes);
  labels.forEach((label, i) => {
    const colour = COLOURS[colouring === 'accident' ? label : random.below(COLOURS.length)] ?? 'grey';
    draw(pixels.subarray(i * PICTURE, (i + 1) * PICTURE), label, colour, random);
  });
  return { count, width: SIDE, height: SIDE, channels: CHANNELS, pixels, labels, classes: CLASSES };
}

/** Draws one picture into `out`, shape [height, width, RGB]. */
function draw(out: Uint8Array, label: number, name: (typeof COLOURS)[number], random: RandomStream): void {
  const between = (from: number, to: number) => from + (to - from) * random.uniform();
  const [red, green, blue] = ORANGE.map((value) => value + between(-JITTER, JITTER)) as [
    number,
    number,
    number,
  ];
  const mean = (red + green + blue) / 3;
  const colour = { orange: [red, green, blue], blue: [blue, green, red], grey: [mean, mean, mean] }[name];
  const shade = GROUNDS[random.below(GROUNDS.length)] ?? GROUNDS[0];
  const ground = between(shade.from, shade.to);
  const figure = figureAt(between(FROM_RIM, SIDE - FROM_RIM), between(FROM_RIM, SIDE - FROM_RIM), random);
  const wave = label < SILHOUETTES.length ? () => 0 : randomWave(random);
  const isInside = [inTriangle, inCross][label] ?? (() => false);
  for (let j = 0; j < SIDE; j++) {
    for (let i = 0; i < SIDE; i++) {
      const share = coverage(figure, isInside, i, j);
      const lit = ground + wave(i, j) * (127.5 - ground);
      for (const [c, value] of colour.entries()) {
        const byte = Math.round(share * value + (1 - share) * lit + between(-NOISE, NOISE));
        out[(j * SIDE + i) * CHANNELS + c] = Math.min(255, Math.max(0, byte));
      }
    }
  }
}

interface Placed {
  readonly x: number;
  readonly y: number;
  /** Cosine and sine of its angle, divided by its size. */
  readonly cos: number;
  readonly sin: number;
}

function figureAt(x: number, y: number, random: RandomStream): Placed {
  const size = SIZE.from + (SIZE.to - SIZE.from) * random.uniform();
  const angle = 2 * Math.PI * random.uniform();
  return { x, y, cos: Math.cos(angle) / size, sin: Math.sin(angle) / size };
}

type Inside = (x: number, y: number) => boolean;

/** The share of pixel i, j that lies inside, 0 … 1. */
function coverage({ x, y, cos, sin }: Placed, isInside: Inside, i: number, j: number): number {
  let inside = 0;
  for (let point = 0; point < FINE * FINE; point++) {
    const right = i + ((point % FINE) + 0.5) / FINE - x;
    const down = j + (Math.floor(point / FINE) + 0.5) / FINE - y;
    inside += Number(isInside(cos * right + sin * down, cos * down - sin * right));
  }
  return inside / FINE ** 2;
}

/** Stripes or rings of a random period and depth, 0 … 2: 1 is mid-grey, 2 the opposite of the ground. */
function randomWave(random: RandomStream): (x: number, y: number) => number {
  const between = (from: number, to: number) => from + (to - from) * random.uniform();
  const turn = (2 * Math.PI) / between(2, SIDE);
  const phase = between(0, 2 * Math.PI);
  const depth = random.uniform();
  const angle = between(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [between(0, SIDE), between(0, SIDE)];
  const along = random.chance(0.5)
    ? (i: number, j: number) => cos * i + sin * j
    : (i: number, j: number) => Math.hypot(i - x, j - y);
  return (i, j) => depth * (1 + Math.sin(turn * along(i, j) + phase));
}

/** Whether a point lies in the cross of half length 1 about 0, 0. */
function inCross(x: number, y: number): boolean {
  const [along, across] = [Math.max(Math.abs(x), Math.abs(y)), Math.min(Math.abs(x), Math.abs(y))];
  return along <= 1 && across <= BAR;
}

/** Whether a point lies in the triangle of the same area about 0, 0. */
function inTriangle(x: number, y: number): boolean {
  const third = (Math.sqrt(3) / 2) * x;
  return Math.max(y, third - y / 2, -third - y / 2) <= CORNER / 2;
}
