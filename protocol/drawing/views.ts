import type { Views } from './tensor-spec.js';

/** A window of a drawn picture. */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly mirrored: boolean;
}

/**
 * The side at which a picture is drawn for ten crops of `side`: side · 256/227, the proportion of the paper (227² of
 * 256²), rounded up to a multiple of 8, so that 224 and 227 are both cropped from 256, and 28 from 32.
 */
export function uncroppedSide(side: number): number {
  return Math.ceil((side * 256) / 227 / 8) * 8;
}

/** The picture that a network of `width` × `height` is shown views of. */
export function pictureSize(views: Views, width: number, height: number): { width: number; height: number } {
  return views === 'single'
    ? { width, height }
    : { width: uncroppedSide(width), height: uncroppedSide(height) };
}

/**
 * The views of a picture of `width` × `height` that a network of `cropWidth` × `cropHeight` is shown. Ten crops come in
 * the order top left, top right, bottom left, bottom right, centre, then the five again mirrored left to right.
 */
export function viewsOf(
  views: Views,
  width: number,
  height: number,
  cropWidth: number,
  cropHeight: number,
): readonly View[] {
  if (views === 'single') return [{ left: 0, top: 0, mirrored: false }];
  const right = width - cropWidth;
  const bottom = height - cropHeight;
  const corners = [
    { left: 0, top: 0 },
    { left: right, top: 0 },
    { left: 0, top: bottom },
    { left: right, top: bottom },
    { left: right >> 1, top: bottom >> 1 },
  ];
  return [false, true].flatMap((mirrored) => corners.map((corner) => ({ ...corner, mirrored })));
}
