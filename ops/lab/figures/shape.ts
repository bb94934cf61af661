import type { InkName } from '../look/inks.js';

/** A colour by its part in a figure, or as it is. */
export type Ink = InkName | `#${string}` | `rgb(${string})`;

/** What figures are made of; all lengths in pixels, y downwards. */
export type Shape =
  | {
      readonly kind: 'rectangle';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill: Ink;
      readonly opacity?: number;
      /** Shown where a pointer rests on it. */
      readonly title?: string;
    }
  | {
      readonly kind: 'path';
      /** As SVG has it. */
      readonly d: string;
      readonly stroke?: Ink;
      readonly fill?: Ink;
      readonly width?: number;
      readonly dashed?: boolean;
      readonly opacity?: number;
      readonly title?: string;
    }
  | {
      readonly kind: 'circle';
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly fill: Ink;
      readonly opacity?: number;
      readonly title?: string;
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly x: number;
      /** Of the baseline. */
      readonly y: number;
      readonly size: number;
      readonly ink: Ink;
      readonly anchor?: 'start' | 'middle' | 'end';
      /** Degrees clockwise around its place; -90: read from below upwards. */
      readonly turn?: number;
    }
  | {
      readonly kind: 'image';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** `data:image/png;base64,…` */
      readonly data: string;
      readonly title?: string;
    }
  | { readonly kind: 'group'; readonly x: number; readonly y: number; readonly shapes: readonly Shape[] };

/** A picture made of shapes: a pure function of the figures that it shows. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  /** What it shows, in a sentence, for who cannot see it. */
  readonly says: string;
  readonly shapes: readonly Shape[];
}
