import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../../protocol/base/random.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { type Arena, createArena } from '../../../protocol/drawing/painting/arena.js';
import { Instance, Memory, Module } from '../../../protocol/drawing/painting/webassembly.js';
import type { EncodingParts, RunShape } from '../../../protocol/encodings/encoding.js';

const module = new Module(
  readFileSync(new URL('../../../protocol/drawing/generated/kernel.wasm', import.meta.url)),
);

/** What of an encoding is pulled back. */
export interface PullBackCase<Genome> {
  readonly run: RunShape;
  /** A genome whose drawing is smooth at almost every point, and whose gradients are neither all nothing nor without bounds. */
  genome(random: RandomStream): Genome;
  /**
   * The bytes, before they are rounded, of what a genome draws if its parameters are `values`: shape [channels, height, width],
   * in double precision, with the mathematical functions.
   */
  smooth(genome: Genome, values: Float64Array, width: number, height: number): Float64Array;
  /** How far a gradient may be from the finite difference, as a share of the greatest of them. Default 1e-4. */
  readonly tolerance?: number;
}

/** Width and height of pictures: a pixel, less than a vector, no whole number of blocks, and more rows than are summed at once. */
const SIZES = [
  [1, 1],
  [3, 2],
  [7, 9],
  [16, 4],
  [19, 11],
] as const;

/** Parameters of a genome that are compared one by one, at the most. */
const MOST_COMPARED = 24;

/** Of the parameters of a finite difference. */
const STEP = 1e-6;

/** A kernel with little memory. */
function instantiate<Kernel>(): { readonly kernel: Kernel; readonly arena: Arena } {
  const memory = new Memory({ initial: 4 });
  const kernel = new Instance(module, { env: { memory } }).exports as Kernel & { firstFree(): number };
  return { kernel, arena: createArena(memory, kernel.firstFree()) };
}

/** What the pull-back of every encoding promises. */
export function describePullBack<Genome, Kernel>(
  name: string,
  { parameters, pullBack, format }: EncodingParts<Genome, Kernel>,
  cases: readonly PullBackCase<Genome>[],
): void {
  if (parameters === undefined || pullBack === undefined) throw new Error(`${name} has no pull-back`);
  const { kernel, arena } = instantiate<Kernel>();
  const base = arena.mark();
  const open = (width: number, height: number) => {
    arena.release(base);
    // Left by others.
    arena.f32.fill(Number.NaN, base / 4);
    return pullBack({ arena, kernel, width, height });
  };

  describe.each(cases)(`${name} as $run.channels channels`, ({ run, genome, smooth, tolerance = 1e-4 }) => {
    const random = randomFrom(3, 'pull-back');
    const slopeOf = (length: number) => Float32Array.from({ length }, () => 2 * random.uniform() - 1);
    const channels = run.channels;

    it('gives the finite differences of the drawing without its rounding', () => {
      for (const [width, height] of SIZES) {
        const drawn = genome(random);
        expect(format.fault(drawn)).toBeUndefined();
        const slope = slopeOf(channels * width * height);
        const found = open(width, height).pull(drawn, slope);
        const values = Float64Array.from(parameters.read(drawn));
        expect(found).toHaveLength(values.length);
        const total = (moved: Float64Array) =>
          smooth(drawn, moved, width, height).reduce((sum, v, k) => sum + v * (slope[k] as number), 0);
        /** How fast the total changes along a direction, which is a number for each parameter. */
        const along = (direction: (at: number) => number) => {
          const moved = (by: number) => total(values.map((value, at) => value + by * direction(at)));
          return (moved(STEP) - moved(-STEP)) / (2 * STEP);
        };
        const compared = Array.from({ length: Math.min(values.length, MOST_COMPARED) }, (_, k) =>
          values.length <= MOST_COMPARED ? k : random.below(values.length),
        );
        const wanted = compared.map((at) => along((other) => (other === at ? 1 : 0)));
        const greatest = Math.max(...found.map(Math.abs));
        expect(greatest).toBeGreaterThan(0);
        compared.forEach((at, k) => {
          const error = Math.abs((found[at] as number) - (wanted[k] as number)) / greatest;
          expect(error, `parameter ${at} of ${width} × ${height}`).toBeLessThan(tolerance);
        });
        // All parameters at once.
        const direction = Float64Array.from(values, () => 2 * random.uniform() - 1);
        const product = found.reduce((sum, v, at) => sum + v * (direction[at] as number), 0);
        const length = Math.hypot(...found) * Math.hypot(...direction);
        expect(Math.abs(product - along((at) => direction[at] as number)) / length).toBeLessThan(tolerance);
      }
    });

    it('gives the same of the same, whatever came between, and leaves the slope as it was', () => {
      const { pull } = open(37, 21);
      const [one, other] = [genome(random), genome(random)];
      const slope = slopeOf(channels * 37 * 21);
      const kept = slope.slice();
      const first = pull(one, slope);
      const copy = first.slice();
      pull(other, slopeOf(channels * 37 * 21));
      expect(pull(one, slope)).toEqual(copy);
      expect(first).toEqual(copy);
      expect(slope).toEqual(kept);
    });

    it('gives the same where the memory must grow for it', () => {
      // A plane of floats is more than the memory that there is.
      const [width, height] = [403, 210];
      const fresh = instantiate<Kernel>();
      const { pull } = pullBack({ ...fresh, width, height });
      const drawn = genome(random);
      const slope = slopeOf(channels * width * height);
      const first = pull(drawn, slope).slice();
      expect(pull(drawn, slope)).toEqual(first);
    });

    it('is linear in the slope', () => {
      const { pull } = open(16, 9);
      const drawn = genome(random);
      const slope = slopeOf(channels * 16 * 9);
      expect(pull(drawn, new Float32Array(slope.length)).every((value) => value === 0)).toBe(true);
      const once = pull(drawn, slope);
      expect(
        pull(
          drawn,
          slope.map((value) => 2 * value),
        ),
      ).toEqual(once.map((value) => 2 * value));
    });

    it('gives its memory back', () => {
      const { pull } = open(19, 13);
      const drawn = genome(random);
      pull(drawn, slopeOf(channels * 19 * 13));
      const mark = arena.mark();
      pull(drawn, slopeOf(channels * 19 * 13));
      expect(arena.mark()).toBe(mark);
    });
  });
}
