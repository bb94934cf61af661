import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { EncodingParts, RunShape } from '../../../protocol/encodings/encoding.js';
import { PAPER_MUTATION } from '../../../protocol/encodings/mutation-spec.js';

const RUNS: readonly RunShape[] = [
  { canvas: 28, channels: 1 },
  { canvas: 20, channels: 3 },
];

/** What the format and the variation of every encoding promise. `runs`: shapes that it can draw. */
export function describeEncoding<Genome, Kernel>(
  name: string,
  { format, variation }: EncodingParts<Genome, Kernel>,
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

    it('fits no run of another canvas', () => {
      for (const genome of line) {
        expect(format.misfit(genome, { ...run, canvas: run.canvas + 1 })).toMatch(/canvas/);
      }
    });
  });

  it(`${name} has whole numbers from 1 as defaults of a spec`, () => {
    for (const views of ['single', 'ten-crop'] as const) {
      for (const [side, small] of [
        [28, true],
        [224, false],
      ] as const) {
        for (const count of Object.values(format.defaults({ side, small, views }))) {
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
