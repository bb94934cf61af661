/**
 * The colours of direct genomes: bytes of hue (units of 2°, wrapping at 180), lightness and saturation, as OpenCV's 8-bit
 * HLS has them (PAPER: the encodings' colour). They are fewer than those of RGB, so the way back finds the nearest.
 */

/** A colour packed in 24 bits: 0xRRGGBB, or hue, lightness, saturation in that order. */
export type Packed = number;

/** The RGB colour of a hue, lightness and saturation, each 0 … 255: what the kernel draws (protocol/drawing/kernel/finish.ts). */
export function rgbOfHls(hue: number, lightness: number, saturation: number): Packed {
  const h = hue >= 180 ? hue - 180 : hue;
  const amount = (saturation * Math.min(lightness, 255 - lightness)) / 3825;
  const part = (m: number) => Math.round(lightness + amount * Math.min(15, Math.max(-15, m)));
  return (
    (part(Math.abs(h - 90) - 45) << 16) | (part(45 - Math.abs(h - 60)) << 8) | part(45 - Math.abs(h - 120))
  );
}

/** Finds the nearest colours, and remembers what it found: an ascent asks for the same ones again and again. */
export function createNearestHls(): (red: number, green: number, blue: number) => Packed {
  const known = new Map<Packed, Packed>();
  return (red, green, blue) => {
    const rgb = (red << 16) | (green << 8) | blue;
    const found = known.get(rgb);
    if (found !== undefined) return found;
    if (known.size >= MOST_KNOWN) known.clear();
    const nearest = search(red, green, blue);
    known.set(rgb, nearest);
    return nearest;
  };
}

/** Some 30 MB of memory. */
const MOST_KNOWN = 2 ** 19;

/** Tries the colours around the exact, fractional one. */
function search(red: number, green: number, blue: number): Packed {
  const { hue, lightness, chroma } = hlsOfRgb(red, green, blue);
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const l of around(lightness).map(within)) {
    // Near black and white a step of lightness changes much of what saturation means.
    const saturation = (255 * chroma) / (2 * Math.max(1, Math.min(l, 255 - l)));
    for (const s of around(saturation).map(within)) {
      for (const h of around(hue).map((each) => (each + 180) % 180)) {
        const error = distance(rgbOfHls(h, l, s), red, green, blue);
        if (error >= least) continue;
        least = error;
        nearest = (h << 16) | (l << 8) | s;
      }
    }
  }
  return nearest;
}

function around(value: number): number[] {
  const floor = Math.floor(value);
  return [floor - 1, floor, floor + 1, floor + 2];
}

function within(byte: number): number {
  return Math.min(255, Math.max(0, byte));
}

function distance(rgb: Packed, red: number, green: number, blue: number): number {
  return ((rgb >> 16) - red) ** 2 + (((rgb >> 8) & 255) - green) ** 2 + ((rgb & 255) - blue) ** 2;
}

/** The usual conversion (Foley and van Dam, Computer Graphics), in the units of bytes; the chroma in place of the saturation. */
function hlsOfRgb(red: number, green: number, blue: number) {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  const lightness = (most + least) / 2;
  const chroma = most - least;
  if (chroma === 0) return { hue: 0, lightness, chroma };
  const sixth =
    most === red
      ? (green - blue) / chroma
      : most === green
        ? 2 + (blue - red) / chroma
        : 4 + (red - green) / chroma;
  return { hue: 30 * sixth, lightness, chroma };
}
