import type { Planes } from './planes.js';

/** Where a pixel of a view comes from, both counted in pixels from the middle of the picture. */
export type Placing = (x: number, y: number) => readonly [x: number, y: number];

/**
 * A view of a picture, its levels interpolated between the four nearest pixels; the picture goes on beyond its edges as
 * its own mirror image.
 */
export function resampled(planes: Planes, placing: Placing): Planes {
  const { width, height, channels, levels } = planes;
  const pixels = width * height;
  const result = new Float32Array(levels.length);
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [dx, dy] = placing(column - middleX, row - middleY);
      const x = mirrored(middleX + dx, width - 1);
      const y = mirrored(middleY + dy, height - 1);
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
      const [across, down] = [x - left, y - top];
      for (let plane = 0; plane < channels; plane++) {
        const at = (pixelY: number, pixelX: number) => levels[plane * pixels + pixelY * width + pixelX] ?? 0;
        const above = at(top, left) * (1 - across) + at(top, right) * across;
        const below = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        result[plane * pixels + row * width + column] = above * (1 - down) + below * down;
      }
    }
  }
  return { ...planes, levels: result };
}

/** A place beyond 0 … most, reflected at its ends as often as it takes. */
function mirrored(place: number, most: number): number {
  if (most === 0) return 0;
  const within = Math.abs(place) % (2 * most);
  return within <= most ? within : 2 * most - within;
}
