/** The colours and letters of the wall's canvas, taken from the page's style. */
export interface Palette {
  readonly ground: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly accent: string;
  readonly warm: string;
  readonly empty: string;
  /** A hair's breadth around images, which may be as light or dark as the ground. */
  readonly edge: string;
  readonly font: string;
  /** CSS pixels of a sixteenth of the page's font size. */
  readonly unit: number;
  /** Left and right of the wall's tiles, in CSS pixels. */
  readonly gutter: number;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: colour('ground'),
    text: colour('text'),
    quiet: colour('quiet'),
    line: colour('line'),
    lineStrong: colour('line-strong'),
    accent: colour('accent'),
    warm: colour('warm'),
    empty: colour('empty'),
    edge: colour('edge'),
    font: getComputedStyle(document.body).fontFamily,
    unit: Number.parseFloat(style.fontSize) / 16,
    gutter: Number.parseFloat(
      getComputedStyle(document.querySelector('.wall-inner') ?? document.body).paddingLeft,
    ),
  };
}
