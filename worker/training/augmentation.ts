import type { RandomStream } from '../../protocol/base/random.js';
import { type Placement, writeGrey } from './grey-picture.js';
import type { ImageSet } from './image-set.js';

/** How far an image is changed, at random, each time that it is trained on. */
export interface Augmentation {
  /** Moved by up to so much of its width and height either way, 0 … 1. */
  readonly shift: number;
  /** Turned by up to so many degrees either way. */
  readonly rotation: number;
  /** Made larger or smaller by a factor of up to so much, from 1. */
  readonly scale: number;
  /** Strength of the change of colours, 0 … 1: brightness, contrast, saturation and hue. Grey images: the first two. */
  readonly colour: number;
  /** Whether half of the images are mirrored. */
  readonly mirror: boolean;
  /** Chance that a part of the image, up to half as wide and high, is painted over. */
  readonly erase: number;
}

export const NO_AUGMENTATION: Augmentation = {
  shift: 0,
  rotation: 0,
  scale: 1,
  colour: 0,
  mirror: false,
  erase: 0,
};

/** A network's input for a byte: byte · scale + offset. */
export interface Normalisation {
  readonly scale: number;
  readonly offset: number;
}

/** The planes that a network is shown. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: RGB. */
  readonly channels: number;
  readonly normalisation: Normalisation;
}

/** Rows of a matrix of 3 × 4: what each colour is of red, green, blue and 1, in bytes. */
type ColourMatrix = readonly number[];

/**
 * Writes image `index` of `set`, changed at random, to `out` from `start` on as planes [channels, height, width].
 * What lies outside a picture with opacity, or behind it, has a random colour, and white half of the time;
 * outside other pictures it is what their nearest pixel is.
 */
export function writeAugmented(
  set: ImageSet,
  index: number,
  frame: Frame,
  augmentation: Augmentation,
  random: RandomStream,
  out: Float32Array,
  start: number,
): void {
  const place = randomPlacement(set, frame, augmentation, random);
  const colours = randomColours(augmentation.colour, random);
  const background = random.chance(0.5) ? [255, 255, 255] : [0, 0, 0].map(() => 255 * random.uniform());
  writePlaced(set, index, frame, place, background, colours, out, start);
  if (random.chance(augmentation.erase)) erase(frame, random, out, start);
}

/** Writes image `index` of `set` as it is, on white, fitted to the frame. */
export function writePlain(
  set: ImageSet,
  index: number,
  frame: Frame,
  out: Float32Array,
  start: number,
): void {
  const place = placement(set, frame, { angle: 0, x: 1, y: 1, right: 0, down: 0 });
  writePlaced(set, index, frame, place, [255, 255, 255], IDENTITY, out, start);
}

interface Move {
  /** Radians. */
  readonly angle: number;
  /** Factors; below 0: mirrored. */
  readonly x: number;
  readonly y: number;
  /** Shares of the width and the height. */
  readonly right: number;
  readonly down: number;
}

function randomPlacement(set: ImageSet, frame: Frame, augmentation: Augmentation, random: RandomStream) {
  const { shift, rotation, scale, mirror } = augmentation;
  const either = (most: number) => (2 * random.uniform() - 1) * most;
  const factor = scale ** either(1);
  // Width and height differ by a little of that.
  const stretch = scale ** either(0.4);
  return placement(set, frame, {
    angle: (either(rotation) * Math.PI) / 180,
    x: factor * stretch * (mirror && random.chance(0.5) ? -1 : 1),
    y: factor / stretch,
    right: either(shift),
    down: either(shift),
  });
}

/** The inverse of: fitted to the frame, then scaled and turned about its centre, then moved. */
function placement(set: ImageSet, frame: Frame, { angle, x, y, right, down }: Move): Placement {
  const fitX = set.width / frame.width / x;
  const fitY = set.height / frame.height / y;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const xx = cos * fitX;
  const xy = sin * fitX;
  const yx = -sin * fitY;
  const yy = cos * fitY;
  const centreX = (frame.width - 1) / 2 + right * frame.width;
  const centreY = (frame.height - 1) / 2 + down * frame.height;
  return {
    xx,
    xy,
    x0: (set.width - 1) / 2 - xx * centreX - xy * centreY,
    yx,
    yy,
    y0: (set.height - 1) / 2 - yx * centreX - yy * centreY,
  };
}

const IDENTITY: ColourMatrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
/** Luma (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Saturation, then a turn of the hue about the grey axis, then contrast about mid-grey, then brightness. */
function randomColours(strength: number, random: RandomStream): ColourMatrix {
  if (strength === 0) return IDENTITY;
  const either = (most: number) => (2 * random.uniform() - 1) * most;
  const contrast = 1 + either(0.5 * strength);
  const brightness = 127.5 * (1 - contrast) + either(100 * strength);
  // One image in eight loses its colours at full strength.
  const saturation = random.chance(strength / 8) ? 0 : 1 + either(0.7 * strength);
  const angle = either(0.6 * strength);
  const third = (1 - Math.cos(angle)) / 3;
  const side = Math.sin(angle) / Math.sqrt(3);
  const turn = [0, 1, 2].map((row) =>
    [0, 1, 2].map((column) => {
      if (row === column) return Math.cos(angle) + third;
      return third + ((column - row + 3) % 3 === 1 ? -side : side);
    }),
  );
  return turn.flatMap((row) => {
    const sum = row.reduce((total, each) => total + each, 0);
    const mixed = LUMA.map(
      (luma, i) => contrast * (saturation * (row[i] ?? 0) + (1 - saturation) * luma * sum),
    );
    return [...mixed, brightness];
  });
}

function writePlaced(
  set: ImageSet,
  index: number,
  frame: Frame,
  place: Placement,
  background: readonly number[],
  colours: ColourMatrix,
  out: Float32Array,
  start: number,
): void {
  const { width, height, channels, normalisation } = frame;
  if (set.channels === 1 && channels === 1) {
    const [red = 0, green = 0, blue = 0, lift = 0] = colours;
    writeGrey(set, index, frame, place, { gain: red + green + blue, lift }, out, start);
    return;
  }
  const plane = width * height;
  const sampled = new Float64Array(4);
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      sample(
        set,
        index,
        place.xx * i + place.xy * j + place.x0,
        place.yx * i + place.yy * j + place.y0,
        sampled,
      );
      const opacity = set.channels === 4 ? (sampled[3] as number) / 255 : 1;
      const red = shade(colours, 0, sampled) * opacity + (1 - opacity) * (background[0] as number);
      const at = start + j * width + i;
      if (channels === 1) {
        out[at] = red * normalisation.scale + normalisation.offset;
        continue;
      }
      const green = shade(colours, 4, sampled) * opacity + (1 - opacity) * (background[1] as number);
      const blue = shade(colours, 8, sampled) * opacity + (1 - opacity) * (background[2] as number);
      out[at] = red * normalisation.scale + normalisation.offset;
      out[at + plane] = green * normalisation.scale + normalisation.offset;
      out[at + 2 * plane] = blue * normalisation.scale + normalisation.offset;
    }
  }
}

/** One colour after the matrix, 0 … 255. */
function shade(colours: ColourMatrix, row: number, sampled: Float64Array): number {
  const value =
    (colours[row] as number) * (sampled[0] as number) +
    (colours[row + 1] as number) * (sampled[1] as number) +
    (colours[row + 2] as number) * (sampled[2] as number) +
    (colours[row + 3] as number);
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/**
 * The colours of a picture between its pixels, bilinear, and its opacity; a grey one has three equal colours. Outside,
 * a picture with opacity has none; colours of transparent pixels do not count.
 */
function sample(set: ImageSet, index: number, x: number, y: number, sampled: Float64Array): void {
  const { width, height, channels, pixels } = set;
  const left = Math.floor(x);
  const top = Math.floor(y);
  for (let c = 0; c < 4; c++) sampled[c] = 0;
  let weights = 0;
  const colours = channels === 1 ? 1 : 3;
  for (let corner = 0; corner < 4; corner++) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
    if (channels === 4 && (column < 0 || row < 0 || column >= width || row >= height)) continue;
    const inColumn = column < 0 ? 0 : column >= width ? width - 1 : column;
    const inRow = row < 0 ? 0 : row >= height ? height - 1 : row;
    const at = ((index * height + inRow) * width + inColumn) * channels;
    const weight = channels === 4 ? (share * (pixels[at + 3] as number)) / 255 : share;
    weights += weight;
    for (let c = 0; c < colours; c++) {
      sampled[c] = (sampled[c] as number) + weight * (pixels[at + c] as number);
    }
  }
  if (weights > 0) for (let c = 0; c < colours; c++) sampled[c] = (sampled[c] as number) / weights;
  if (colours === 1) {
    sampled[1] = sampled[0] as number;
    sampled[2] = sampled[0] as number;
  }
  sampled[3] = 255 * weights;
}

/** Paints a rectangle, up to half as wide and as high, over with one value a channel. */
function erase(frame: Frame, random: RandomStream, out: Float32Array, start: number): void {
  const { width, height, channels, normalisation } = frame;
  const across = 1 + random.below(Math.max(1, Math.floor(width / 2)));
  const down = 1 + random.below(Math.max(1, Math.floor(height / 2)));
  const left = random.below(width - across + 1);
  const top = random.below(height - down + 1);
  for (let c = 0; c < channels; c++) {
    const value = 255 * random.uniform() * normalisation.scale + normalisation.offset;
    for (let row = top; row < top + down; row++) {
      const from = start + (c * height + row) * width + left;
      out.fill(value, from, from + across);
    }
  }
}
