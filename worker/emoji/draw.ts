import sharp from 'sharp';

/** Drawn about so large first, so that its rim can be cut off exactly. */
const DRAWN = 256;
/** Dots an inch at which an SVG's unit is one pixel. */
const DOTS = 72;
const TRANSPARENT = { r: 0, g: 0, b: 0, alpha: 0 };

/**
 * An SVG drawing of `width` units as `side` × `side` pixels of red, green, blue and opacity, row by row. What is transparent around
 * it is cut off, and the rest is fitted into the square, for vendors leave margins of different widths.
 */
export async function drawEmoji(svg: string, width: number, side: number): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { density: (DOTS * DRAWN) / width })
    .ensureAlpha()
    .trim({ background: TRANSPARENT, threshold: 10 })
    .resize(side, side, { fit: 'contain', background: TRANSPARENT })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}
