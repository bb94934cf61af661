import { InvalidArgumentError } from 'commander';
import { MAX_SIDE } from '../../protocol/drawing/drawer.js';

/** Width and height of an image in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A parser of a flag: `224` is a square, `76x41` is 76 wide and 41 high. */
export function sizeOf(text: string): Size {
  const [, width, height = width] = /^(\d+)(?:[x×](\d+))?$/i.exec(text.trim()) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (![size.width, size.height].every((side) => side >= 1 && side <= MAX_SIDE)) {
    throw new InvalidArgumentError(`expected a size like 224 or 76x41, with sides from 1 to ${MAX_SIDE}`);
  }
  return size;
}
