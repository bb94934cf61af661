import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InterruptedError } from '../../protocol/base/errors.js';
import { writeFileAtomic } from '../../protocol/files/atomic.js';
import type { ImageSet } from '../training/image-set.js';
import { type EmojiClass, emojiClasses, labelOf } from './classes.js';
import { drawEmoji } from './draw.js';
import { type Icons, readCodePoints, readIcons } from './icons.js';
import { EMOJI_SETS, type EmojiSet, NAMING_SET, packageOf } from './sets.js';

/** Width and height of a drawing in memory: a little more than the network's, so that it can be made larger. */
const SIDE = 64;
const CHANNELS = 4;
/** Drawn at the same time. */
const AT_ONCE = 4;

/** All drawings of the classes: those of some vendors to train on, those of the others to validate with. */
export interface EmojiDrawings {
  readonly train: ImageSet;
  readonly heldOut: ImageSet;
}

export interface Drawing {
  /** The folder `node_modules` that holds the packages of {@link EMOJI_SETS}. */
  readonly packages: string;
  /** A folder for what was drawn, so that it is drawn once. */
  readonly cache: string;
  readonly onDrawing?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Draws every class as every vendor has it. */
export async function drawAll({ packages, cache, onDrawing, signal }: Drawing): Promise<EmojiDrawings> {
  const directory = (set: EmojiSet) => join(packages, packageOf(set));
  const icons = await Promise.all(EMOJI_SETS.map((set) => readIcons(directory(set))));
  const naming = EMOJI_SETS.find(({ name }) => name === NAMING_SET);
  if (naming === undefined) throw new Error(`there is no set ${NAMING_SET}`);
  const classes = emojiClasses(await readCodePoints(directory(naming)), icons);
  await mkdir(cache, { recursive: true });
  const drawn: Uint8Array[] = [];
  for (const [i, set] of EMOJI_SETS.entries()) {
    const before = i * classes.length;
    const onOne = (done: number) => onDrawing?.(before + done, EMOJI_SETS.length * classes.length);
    drawn.push(await drawSet(set, icons[i] as Icons, classes, cache, onOne, signal));
  }
  const some = (heldOut: boolean) => {
    const parts = drawn.filter((_, i) => EMOJI_SETS[i]?.heldOut === heldOut);
    return imageSet(parts, classes);
  };
  return { train: some(false), heldOut: some(true) };
}

async function drawSet(
  set: EmojiSet,
  icons: Icons,
  classes: readonly EmojiClass[],
  cache: string,
  onOne: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const length = SIDE * SIDE * CHANNELS;
  const path = join(cache, `${set.name}-${set.version}-${SIDE}.rgba`);
  // Not there: drawn below.
  const known = await readFile(path).catch(() => undefined);
  if (known?.length === classes.length * length) {
    onOne(classes.length);
    return known;
  }
  const pixels = new Uint8Array(classes.length * length);
  for (let start = 0; start < classes.length; start += AT_ONCE) {
    if (signal?.aborted) throw new InterruptedError('Interrupted. The sets that are drawn are kept.');
    await Promise.all(
      classes.slice(start, start + AT_ONCE).map(async ({ name }, i) => {
        const drawing = icons.drawing(name);
        if (drawing === undefined) throw new Error(`${set.name} has no ${name}`);
        pixels.set(await drawEmoji(drawing.svg, drawing.width, SIDE), (start + i) * length);
      }),
    );
    onOne(Math.min(classes.length, start + AT_ONCE));
  }
  await writeFileAtomic(path, pixels);
  return pixels;
}

/** Sets of drawings, each in the order of the classes, one after the other. */
function imageSet(parts: readonly Uint8Array[], classes: readonly EmojiClass[]): ImageSet {
  const count = parts.length * classes.length;
  return {
    count,
    width: SIDE,
    height: SIDE,
    channels: CHANNELS,
    pixels: Buffer.concat(parts),
    labels: Uint16Array.from({ length: count }, (_, i) => i % classes.length),
    classes: classes.map(labelOf),
  };
}
