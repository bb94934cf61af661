import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { EncodingParts, RunShape } from '../../../protocol/encodings/encoding.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { mutationSchema, PAPER_MUTATION } from '../../../protocol/encodings/mutation-spec.js';

const RUNS: readonly RunShape[] = [
  { canvas: 28, channels: 1, layers: DEFAULT_LAYERS },
  { canvas: 20, channels: 3, layers: { count: 1, width: 8 } },
];

/** A run that differs, and the word that says in what. */
export type OtherRun = readonly [(run: RunShape) => RunShape, RegExp];

export const OTHER_CANVAS: OtherRun = [(run) => ({ ...run, canvas: run.canvas + 1 }), /canvas/];
export const OTHER_LAYERS: OtherRun = [(run) => ({ ...run, layers: { count: 5, width: 64 } }), /layers/];
export const OTHER_CHANNELS: OtherRun = [
  (run) => ({ ...run, channels: run.channels === 1 ? 3 : 1 }),
  /channels/,
];

/**
 * What the format, the variation and the parameters of every encoding promise. `others`: runs in which its genomes are
 * foreign. `runs`: shapes that it can draw.
 */
export function describeEncoding<Genome, Kernel>(
  name: string,
  { format, variation, parameters }: EncodingParts<Genome, Kernel>,
  others: readonly OtherRun[],
  runs: readonly RunShape[] = RUNS,
): void {
  /** A line of children, a random genome first. */
  function lineOf(run: RunShape, seed: number): Genome[] {
    const random = randomFrom(seed, 'conformance');
    const line = [variation.random(run, random)];
    for (let generation = 0; generation < 30; generation++) {
      const parent = line.at(-1) as Genome;
      const mate = variation.crosses ? variation.random(run, random) : undefined;
      line.push(variation.child(parent, { mutation: PAPER_MUTATION, generation, random, mate }));
    }
    return line;
  }

  describe.each(runs)(`${name} on $canvas × $canvas × $channels`, (run) => {
    const line = lineOf(run, 1);

    it('has random genomes and children that are valid and fit their run', () => {
      for (const genome of line) {
        expect(format.fault(genome)).toBeUndefined();
        expect(format.misfit(genome, run)).toBeUndefined();
        expect(format.channels(genome)).toBe(run.channels);
      }
    });

    it('makes the same of the same stream, and something else of another', () => {
      expect(lineOf(run, 1)).toEqual(line);
      expect(lineOf(run, 2)).not.toEqual(line);
    });

    it('leaves parents as they were', () => {
      const [first] = lineOf(run, 1);
      expect(line[0]).toEqual(first);
    });

    it('writes a genome as one member of the message Genome, and reads it back from there', () => {
      for (const genome of line) {
        const bytes = format.encode(genome);
        expect(bytes[0]).toBe((format.field << 3) | 2);
        expect(format.decodeCanonical?.(bytes) ?? genome).toEqual(genome);
        expect(format.decode(memberOf(bytes))).toEqual(genome);
      }
    });

    it('writes no more bytes than it says, and as many as it says they all have', () => {
      for (const genome of line) {
        const { length } = format.encode(genome);
        expect(length).toBeLessThanOrEqual(Math.min(format.maxBytes, format.largestSize(run)));
        expect(format.commonSize(run) ?? length).toBe(length);
      }
    });

    it('knows a genome as its own likeness, where it is asked', () => {
      for (const genome of line) expect(variation.likeness(genome)?.drawnBy(genome) ?? true).toBe(true);
    });

    it('fits no run that differs in what its pictures depend on', () => {
      for (const [other, word] of others) {
        for (const genome of line) expect(format.misfit(genome, other(run))).toMatch(word);
      }
    });

    it('has parameters, if it has any, that are read, changed and written back as they are', () => {
      if (parameters === undefined) return;
      for (const genome of line) {
        const values = parameters.read(genome);
        expect(values.length).toBe(parameters.count?.(run) ?? values.length);
        expect(parameters.write(values, genome)).toEqual(genome);
        const matrices = parameters.matrices?.(genome);
        const covered = matrices?.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
        expect(covered ?? values.length).toBe(values.length);
        const wild = values.map((_, i) => (i % 2 === 0 ? 1 : -1) * 10 ** ((i % 40) - 20));
        wild.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].slice(0, wild.length));
        const written = parameters.write(wild, genome);
        expect(format.fault(written)).toBeUndefined();
        expect(format.misfit(written, run)).toBeUndefined();
        expect(parameters.write(parameters.read(written), written)).toEqual(written);
        expect(() => parameters.write(Float32Array.of(...wild, 0), genome)).toThrow(RangeError);
        values.fill(Number.NaN);
        if (values.length > 0) expect(parameters.read(genome)).not.toEqual(values);
      }
    });
  });

  it(`${name} has whole numbers from 1, and rates that a spec may have, as its defaults`, () => {
    for (const views of ['single', 'ten-crop'] as const) {
      for (const [side, small] of [
        [28, true],
        [224, false],
      ] as const) {
        const { mutation, ...counts } = format.defaults({ side, small, views });
        expect(mutationSchema.partial().safeParse(mutation ?? {}).success).toBe(true);
        for (const count of Object.values(counts)) {
          expect(Number.isInteger(count) && count >= 1).toBe(true);
        }
      }
    }
  });
}

/** What follows a tag of one byte and a length. */
function memberOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(1 + bytes.subarray(1).findIndex((byte) => byte < 128) + 1);
}
