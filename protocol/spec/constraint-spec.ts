import { z } from 'zod';

/**
 * Constraints: an image's confidence is the least (or the mean) of those of several views of it, so that what fools the
 * network from one point of view alone is worth nothing.
 */

/** A view of an image. Shares are of the image's sides; what a view shows beyond its edges is mirrored. */
export type ConstrainedView =
  | { readonly type: 'shift'; readonly right: number; readonly down: number }
  | { readonly type: 'scale'; readonly factor: number }
  /** Degrees, clockwise. */
  | { readonly type: 'rotate'; readonly degrees: number }
  /** Deviation of normal noise, in levels of 0 … 255. */
  | { readonly type: 'noise'; readonly levels: number }
  /** Deviation of a Gaussian blur, in pixels that the network sees. */
  | { readonly type: 'blur'; readonly pixels: number }
  /** JPEG's quality, 1 … 100. */
  | { readonly type: 'jpeg'; readonly quality: number };

const NUMBER = '(-?\\d*\\.?\\d+)';

/** How each kind is written, and what its numbers may be. */
const FORMS: Readonly<
  Record<
    ConstrainedView['type'],
    { readonly form: RegExp; read(numbers: number[]): ConstrainedView | undefined }
  >
> = {
  shift: {
    form: new RegExp(`^shift:${NUMBER}x${NUMBER}$`),
    read: ([right = 2, down = 2]) =>
      Math.abs(right) <= 0.5 && Math.abs(down) <= 0.5 ? { type: 'shift', right, down } : undefined,
  },
  scale: {
    form: new RegExp(`^scale:${NUMBER}$`),
    read: ([factor = 0]) => (factor >= 0.25 && factor <= 4 ? { type: 'scale', factor } : undefined),
  },
  rotate: {
    form: new RegExp(`^rotate:${NUMBER}$`),
    read: ([degrees = 0]) => (Math.abs(degrees) <= 180 ? { type: 'rotate', degrees } : undefined),
  },
  noise: {
    form: new RegExp(`^noise:${NUMBER}$`),
    read: ([levels = -1]) => (levels > 0 && levels <= 255 ? { type: 'noise', levels } : undefined),
  },
  blur: {
    form: new RegExp(`^blur:${NUMBER}$`),
    read: ([pixels = 0]) => (pixels > 0 && pixels <= 32 ? { type: 'blur', pixels } : undefined),
  },
  jpeg: {
    form: new RegExp(`^jpeg:${NUMBER}$`),
    read: ([quality = 0]) =>
      Number.isInteger(quality) && quality >= 1 && quality <= 100 ? { type: 'jpeg', quality } : undefined,
  },
};

/** The view that a text names, e.g. `shift:0.05x0`, `scale:0.9`, `rotate:-10`, `noise:16`, `blur:1`, `jpeg:40`. */
export function viewOf(text: string): ConstrainedView | undefined {
  for (const { form, read } of Object.values(FORMS)) {
    const numbers = form.exec(text)?.slice(1).map(Number);
    if (numbers) return read(numbers);
  }
  return undefined;
}

export const constraintSchema = z.strictObject({
  /** Beside the image itself, which is always shown. Empty: no constraint. */
  views: z
    .array(
      z
        .string()
        .refine(
          (text) => viewOf(text) !== undefined,
          'must be like shift:0.05x0, scale:0.9, rotate:10, noise:16, blur:1 or jpeg:40',
        ),
    )
    .max(64),
  /** How the confidences of all views become one. */
  reduce: z.enum(['minimum', 'mean']),
});

export type ConstraintSpec = z.infer<typeof constraintSchema>;

export const CONSTRAINT_DEFAULTS: ConstraintSpec = { views: [], reduce: 'minimum' };
