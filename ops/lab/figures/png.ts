import type { Figure } from './shape.js';
import { OUTLINED, toSvg } from './svg.js';

/** Pixels of a PNG for one of the figure: sharp on screens of two pixels a point, and in print. */
const SHARPNESS = 2;
const DPI = 72;

/** The figure as a PNG, at twice its size; the same on every machine, since its letters are outlines. */
export async function figurePng(figure: Figure): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const svg = Buffer.from(toSvg(figure, OUTLINED));
  return sharp(svg, { density: SHARPNESS * DPI, unlimited: true, limitInputPixels: false })
    .removeAlpha()
    .png()
    .toBuffer();
}
