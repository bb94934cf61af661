import { stat } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { BadInputError, messageOf } from '../../protocol/base/errors.js';
import { type TensorSpec, tensorLength } from '../../protocol/drawing/tensor-spec.js';

/** Pictures of more pixels than this are refused before they are unpacked. */
export const MAX_PHOTO_PIXELS = 64 * 1024 * 1024;

/** ImageNet networks are tested on the middle 224 of a shorter side of 256. */
const MARGIN = 256 / 224;
/** Networks with a smaller input (MNIST, CIFAR) were trained on whole pictures. */
const SMALL_SIDE = 64;

/** A picture that takes more work than this is refused: it is more likely an attack than a photo. */
const MAX_SECONDS = 20;

/** A file by its path, or the bytes of one. */
export type Photo = string | Uint8Array;

/** What of a network's input decides which pixels of a picture it is shown. */
export type View = Pick<TensorSpec, 'width' | 'height' | 'channels'>;

/**
 * Reads a picture as a network's input, shape [1, …input]; see {@link readPixels}.
 * Rejects with a {@link BadInputError} (`ERR_IMAGE`) for anything that is no such picture, or a too large one.
 */
export async function readPhoto(
  photo: Photo,
  input: TensorSpec,
  maxPixels = MAX_PHOTO_PIXELS,
  margin = MARGIN,
): Promise<Float32Array> {
  return tensorOf(await readPixels(photo, input, maxPixels, margin), input);
}

/**
 * The pixels of a PNG, JPEG or WebP picture (of bytes, GIF too: its first image) that a network is shown: turned upright,
 * scaled so that its shorter side is 256/224 of the network's, the middle cut out (small networks: the whole picture,
 * squeezed to fit), transparency on black. A picture of exactly the network's size is taken as it is. `margin`: another
 * proportion. Returns bytes, pixel by pixel, RGB or grey. Rejects as {@link readPhoto} does.
 */
export async function readPixels(
  photo: Photo,
  view: View,
  maxPixels = MAX_PHOTO_PIXELS,
  margin = MARGIN,
): Promise<Uint8Array> {
  const isFile = typeof photo === 'string';
  const name = isFile ? photo : 'The picture';
  const formats = isFile ? FILE_FORMATS : [...FILE_FORMATS, 'gif'];
  if (isFile) await checkFile(photo);
  try {
    const picture = sharp(photo, { limitInputPixels: maxPixels, failOn: 'error' });
    const { format, width, height } = await picture.metadata();
    if (!formats.includes(format)) {
      throw badImage(`${name} is a picture of the format ${format}`, 'Convert it to PNG, JPEG or WebP');
    }
    const upright = picture.rotate().flatten({ background: '#000' });
    const fitted = width === view.width && height === view.height ? upright : cropped(upright, view, margin);
    return await fitted
      .toColourspace(view.channels === 'grey' ? 'b-w' : 'srgb')
      .removeAlpha()
      .raw()
      .timeout({ seconds: MAX_SECONDS })
      .toBuffer();
  } catch (error) {
    if (error instanceof BadInputError) throw error;
    throw badImage(
      `${name} is no PNG, JPEG or WebP picture of at most ${maxPixels} pixels (${messageOf(error)})`,
      'Give another picture',
      error,
    );
  }
}

const FILE_FORMATS: readonly string[] = ['png', 'jpeg', 'webp'];

async function checkFile(path: string): Promise<void> {
  // Not there, as is said next.
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw badImage(`There is no picture ${path}`, 'Check the path');
  if (!found.isFile()) throw badImage(`${path} is not a file`, 'Give a PNG, JPEG or WebP picture');
}

function cropped(photo: Sharp, { width, height }: View, margin: number): Sharp {
  if (Math.min(width, height) < SMALL_SIDE) return photo.resize(width, height, { fit: 'fill' });
  const outer = { width: Math.round(width * margin), height: Math.round(height * margin) };
  const left = Math.floor((outer.width - width) / 2);
  const top = Math.floor((outer.height - height) / 2);
  return photo.resize(outer.width, outer.height, { fit: 'cover' }).extract({ left, top, width, height });
}

/** Bytes, pixel by pixel, RGB or grey, as the network's tensor. */
export function tensorOf(bytes: Uint8Array, spec: TensorSpec): Float32Array {
  const tensor = new Float32Array(tensorLength(spec));
  const pixels = spec.width * spec.height;
  const count = spec.scale.length;
  if (bytes.length !== tensor.length) {
    throw new RangeError(`${bytes.length} bytes for an input of ${tensor.length}`);
  }
  for (let c = 0; c < count; c++) {
    const from = spec.channels === 'BGR' ? count - 1 - c : c;
    const scale = spec.scale[c] ?? 1;
    const offset = spec.offset[c] ?? 0;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const to = spec.layout === 'NCHW' ? c * pixels + pixel : pixel * count + c;
      tensor[to] = (bytes[pixel * count + from] ?? 0) * scale + offset;
    }
  }
  return tensor;
}

function badImage(problem: string, fix: string, cause?: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_IMAGE', problem, fix, cause });
}
