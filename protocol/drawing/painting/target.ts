/** How the colours of a pixel lie in memory; the numbers are kernel/finish.ts's. */
export const LAYOUT = { grey: 0, planes: 1, RGB: 2, BGR: 3 } as const;

/** Where a picture goes, in the kernel's memory. */
export interface Target {
  readonly layout: (typeof LAYOUT)[keyof typeof LAYOUT];
  /** The first row of the red, the green and the blue plane; where colours are interleaved or grey, the first counts. */
  readonly planes: readonly [number, number, number];
  /** Bytes from a row to the next. */
  readonly stride: number;
  /** For red, green, blue: float = byte · scale + offset. */
  readonly scale: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
  /** Not 0: every row is turned into bytes, `rowBytes` of them, and laid here, one row after the other. */
  readonly bytes: number;
  readonly rowBytes: number;
}

/** Pictures narrower than this are painted as wide as this: a vector of the kernel. */
export const NARROWEST = 4;

/** kernel/finish.ts's number for a way to end: values (0) or bytes (1), grey or HLS, into a layout. */
export function finishCode(channels: 1 | 3, areBytes: 0 | 1, { layout }: Target): number {
  return areBytes * 8 + (channels === 3 ? 4 : 0) + layout;
}

/** The same for red, green and blue as bytes. */
export function rgbFinishCode({ layout }: Target): number {
  return 16 + layout;
}
