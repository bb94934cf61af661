import { randomFrom } from '../../protocol/base/seeded-random.js';
import { standardNormal } from '../../protocol/base/standard-normal.js';
import type { ConstrainedView } from '../../protocol/spec/constraint-spec.js';
import { blur } from '../pixels/filters.js';
import { bytesOfPlanes, clampLevel, type Planes } from '../pixels/planes.js';
import { resampled } from '../pixels/resample.js';

/** Makes a view of a picture, in whole levels, as a camera or a file would have it. The same every time. */
export type ViewMaker = (planes: Planes) => Promise<Planes>;

/** What makes a view of pictures of this size. */
export function viewMaker(
  view: ConstrainedView,
  size: Pick<Planes, 'width' | 'height' | 'channels'>,
): ViewMaker {
  if (view.type === 'jpeg') return (planes) => compressed(planes, view.quality);
  const make = changer(view, size);
  return async (planes) => whole(make(planes));
}

function changer(
  view: Exclude<ConstrainedView, { type: 'jpeg' }>,
  { width, height, channels }: Pick<Planes, 'width' | 'height' | 'channels'>,
): (planes: Planes) => Planes {
  switch (view.type) {
    case 'shift': {
      const [right, down] = [view.right * width, view.down * height];
      return (planes) => resampled(planes, (x, y) => [x - right, y - down]);
    }
    case 'scale':
      return (planes) => resampled(planes, (x, y) => [x / view.factor, y / view.factor]);
    case 'rotate': {
      const angle = (view.degrees * Math.PI) / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return (planes) => resampled(planes, (x, y) => [cos * x + sin * y, cos * y - sin * x]);
    }
    case 'noise': {
      // The same noise every time: a confidence that changes from look to look could not be checked.
      const random = randomFrom(0, 'constraint', 'noise', view.levels);
      const noise = Float32Array.from(
        { length: width * height * channels },
        () => view.levels * standardNormal(random),
      );
      return (planes) => ({ ...planes, levels: planes.levels.map((level, at) => level + (noise[at] ?? 0)) });
    }
    case 'blur':
      return (planes) => blur(planes, view.pixels);
  }
}

function whole(planes: Planes): Planes {
  return { ...planes, levels: planes.levels.map((level) => clampLevel(Math.round(level))) };
}

/** Written and read as JPEG, with the usual halved colour. */
async function compressed(planes: Planes, quality: number): Promise<Planes> {
  const { width, height, channels } = planes;
  const { default: sharp } = await import('sharp');
  const file = await sharp(bytesOfPlanes(planes), { raw: { width, height, channels } })
    .jpeg({ quality })
    .toBuffer();
  const bytes = await sharp(file)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  const pixels = width * height;
  const levels = Float32Array.from(
    { length: planes.levels.length },
    (_, at) => bytes[(at % pixels) * channels + Math.floor(at / pixels)] ?? 0,
  );
  return { ...planes, levels };
}
