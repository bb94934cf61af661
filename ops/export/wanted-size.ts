import { InvalidArgumentError } from 'commander';
import type { Making } from '../../coordinator/export/picture.js';
import { BadInputError } from '../../protocol/base/errors.js';
import { MAX_SIDE } from '../../protocol/drawing/drawer.js';
import type { Sight, Size } from '../../protocol/drawing/sight.js';

/** How pictures get another size than the network's. */
export const SCALINGS = ['enlarge', 'redraw'] as const;
export type Scaling = (typeof SCALINGS)[number];

/** What a person asks for: both sides, or the longer one. */
export type WantedSize = Size | { readonly longer: number };

/** Reads `512` or `640x480`; throws commander's error for anything else. */
export function wantedSize(text: string): WantedSize {
  const [, first, second] = /^(\d{1,5})(?:[x×](\d{1,5}))?$/i.exec(text.trim()) ?? [];
  const [width, height] = [first, second ?? first].map(Number);
  if (width === undefined || height === undefined || !isSide(width) || !isSide(height)) {
    throw new InvalidArgumentError(`expected a whole number from 1 to ${MAX_SIDE}, or two like 640x480`);
  }
  return second === undefined ? { longer: width } : { width, height };
}

function isSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= MAX_SIDE;
}

/**
 * The size of pictures for a network, and how they get it; undefined where it is the network's own. A longer side keeps
 * the network's proportion; without a scaling, larger pictures are enlarged and smaller ones redrawn. Throws a {@link BadInputError} (`ERR_USAGE`) for a scaling without a size, or an enlargement
 * that would be a reduction.
 */
export function resolveSize(
  wanted: WantedSize | undefined,
  scaling: Scaling | undefined,
  sight: Sight,
): (Size & { readonly making: Exclude<Making, 'native'> }) | undefined {
  if (wanted === undefined) {
    if (scaling === undefined) return undefined;
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: '--scaling says how pictures get the size that --size asks for, but --size is missing',
      fix: `Add --size, for example --scaling ${scaling} --size 512`,
    });
  }
  const size = 'longer' in wanted ? proportional(sight, wanted.longer) : wanted;
  const { width, height } = size;
  if (width === sight.width && height === sight.height) return undefined;
  const smaller = width < sight.width || height < sight.height;
  // A smaller picture cannot hold the network's pixels.
  if (scaling === 'redraw' || (smaller && scaling === undefined)) return { ...size, making: 'redrawn' };
  if (smaller) {
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: `The pictures that the network saw have ${sight.width} × ${sight.height} pixels, which cannot be enlarged to ${width} × ${height}`,
      fix: 'Give a larger --size, or --scaling redraw',
    });
  }
  return { ...size, making: 'enlarged' };
}

function proportional({ width, height }: Size, longer: number): Size {
  const scaled = (side: number) => Math.max(1, Math.round((side * longer) / Math.max(width, height)));
  return { width: scaled(width), height: scaled(height) };
}
