import { enlarge } from '../../../coordinator/export/picture.js';
import { encodePng } from '../../../coordinator/export/png.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';

/** Smaller pictures are enlarged: not every program that draws SVG leaves pixels as squares. */
const LEAST = 224;

/** A picture as a `data:` address, for figures and pages; each pixel of a small one is a square of several. */
export async function pictureData(pixels: Pixels, least = LEAST): Promise<string> {
  const { width, height } = pixels;
  const factor = Math.max(1, Math.ceil(least / Math.max(width, height)));
  const shown = factor === 1 ? pixels : enlarge(pixels, { width: width * factor, height: height * factor });
  return `data:image/png;base64,${(await encodePng(shown)).toString('base64')}`;
}
