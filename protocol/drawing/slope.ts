import { channelCount, type TensorSpec, tensorLength, type Views } from './tensor-spec.js';
import { pictureSize, type View, viewsOf } from './views.js';

/** OpenCV's luma (kernel/finish.ts), before it is rounded. */
const LUMA = [4899 / 16384, 9617 / 16384, 1868 / 16384] as const;

/** How much a value of the tensor changes with a byte of the picture. */
interface Path {
  /** Channel of the tensor, and of the picture. */
  readonly from: number;
  readonly to: number;
  readonly factor: number;
}

/**
 * The gradient of a number by the bytes of one picture, from its gradient by the values of the tensor that shows the picture:
 * `slopes` has shape [views, …spec], the result [channels, height, width] of the picture that the views are windows of.
 * `channels`: those of the picture, grey or red, green and blue. Rounding of a grey tensor's luma counts as no change.
 */
export function slopeOfPicture(
  slopes: Float32Array,
  spec: TensorSpec,
  views: Views,
  channels: 1 | 3,
): Float32Array {
  const { width, height } = spec;
  const size = pictureSize(views, width, height);
  const plane = size.width * size.height;
  const slope = new Float32Array(channels * plane);
  const paths = pathsOf(spec, channels);
  viewsOf(views, size.width, size.height, width, height).forEach((view, v) => {
    const shown = slopes.subarray(v * tensorLength(spec), (v + 1) * tensorLength(spec));
    for (const path of paths) {
      addView(slope.subarray(path.to * plane, (path.to + 1) * plane), size.width, shown, spec, view, path);
    }
  });
  return slope;
}

/** Adds what a view shows of one channel of the picture, which is `pictureWidth` wide. */
function addView(
  plane: Float32Array,
  pictureWidth: number,
  shown: Float32Array,
  { layout, width, height, channels }: TensorSpec,
  { left, top, mirrored }: View,
  { from, factor }: Path,
): void {
  const [first, step] = layout === 'NCHW' ? [from * width * height, 1] : [from, channelCount(channels)];
  const forward = mirrored ? -1 : 1;
  for (let y = 0; y < height; y++) {
    let at = first + y * width * step;
    let to = (top + y) * pictureWidth + left + (mirrored ? width - 1 : 0);
    for (let x = 0; x < width; x++, at += step, to += forward) {
      plane[to] = (plane[to] as number) + factor * (shown[at] as number);
    }
  }
}

function pathsOf({ channels, scale }: TensorSpec, ofPicture: 1 | 3): readonly Path[] {
  const factorOf = (channel: number) => scale[channel] as number;
  if (ofPicture === 1) return scale.map((factor, from) => ({ from, to: 0, factor }));
  if (channels === 'grey') return LUMA.map((share, to) => ({ from: 0, to, factor: share * factorOf(0) }));
  return [0, 1, 2].map((from) => ({
    from,
    to: channels === 'RGB' ? from : 2 - from,
    factor: factorOf(from),
  }));
}
