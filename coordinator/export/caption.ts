import type { Sight, Size } from '../../protocol/drawing/sight.js';
import type { Views } from '../../protocol/drawing/tensor-spec.js';
import type { Making } from './picture.js';

/** What the caption of a contact sheet is about. */
export interface CaptionFacts {
  readonly views: Views;
  readonly sight: Sight;
  /** How the exported pictures came about, and their size. */
  readonly made: Size & { readonly making: Making };
  /** How they are shown: each pixel as a square of `factor` pixels; 0: reduced to `shown`. */
  readonly factor: number;
  readonly shown: Size;
  /** What the network gives natural images, in a sentence, where it was measured. */
  readonly natural?: string;
}

/** What the pictures of a contact sheet are, and what the figures under them are of. */
export function captionOf(facts: CaptionFacts): string {
  const { natural } = facts;
  return natural === undefined ? whatPictures(facts) : `${whatPictures(facts)} ${natural}`;
}

function whatPictures({ views, sight, made, factor, shown }: CaptionFacts): string {
  if (made.making === 'redrawn') {
    return `Pictures: drawn anew at ${sides(made)} pixels${scaled(factor, shown)}. Figures: the network's confidence in these pictures, not in the ${sides(sight)} pixels that it saw in the run.`;
  }
  const seen = views === 'single' ? 'that the network saw' : 'of which the network saw ten crops';
  return `Pictures: the ${sides(sight)} pixels ${seen}${scaled(factor, shown)}. Figures: the network's confidence in those pixels.`;
}

function scaled(factor: number, shown: Size): string {
  if (factor === 0) return `, reduced to ${sides(shown)}`;
  return factor === 1 ? '' : `, enlarged ${factor} times`;
}

function sides({ width, height }: Size): string {
  return `${width} × ${height}`;
}
