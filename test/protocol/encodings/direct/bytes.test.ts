import protobuf from 'protobufjs/minimal.js';
import { expect, it } from 'vitest';
import { directBytes } from '../../../../protocol/encodings/direct/bytes.js';
import type { DirectGenome } from '../../../../protocol/encodings/direct/genome.js';
import { copyGenes, createGenes } from '../../../../protocol/encodings/operators/genes.js';
import { atoll } from '../../../../protocol/wire/generated/atoll.js';

const genomeOf = (width: number, height: number, channels: 1 | 3, genes: Uint16Array): DirectGenome => ({
  encoding: 'direct',
  width,
  height,
  channels,
  genes,
});

/** The oracle: protobuf's own bytes. */
function encoded({ width, height, channels, genes }: DirectGenome): Uint8Array {
  const bytes = new Uint8Array(genes.buffer, genes.byteOffset, genes.byteLength);
  const message = { direct: { width, height, channels, genes: bytes } };
  return atoll.Genome.encode(message, new protobuf.Writer()).finish();
}

it.each([
  [1, 1, 1],
  [7, 9, 1],
  [8, 8, 1],
  [127, 1, 1],
  [128, 1, 1],
  [28, 28, 3],
  [224, 224, 3],
  [16_384, 31, 1],
] as const)('are what protobuf writes (%d · %d, %d channels), of any memory', (width, height, channels) => {
  const genes = createGenes(width * height * channels);
  genes.forEach((_, i) => {
    genes[i] = (i * 40_503) & 0xffff;
  });
  const expected = encoded(genomeOf(width, height, channels, genes));
  expect(Buffer.compare(directBytes(genomeOf(width, height, channels, genes)), expected)).toBe(0);
  const elsewhere = new Uint16Array([0, ...genes]).subarray(1);
  expect(Buffer.compare(directBytes(genomeOf(width, height, channels, elsewhere)), expected)).toBe(0);
});

it('are the memory of the genes, where that has room for the head', () => {
  const genes = copyGenes(Uint16Array.of(1, 2, 3));
  const bytes = directBytes(genomeOf(3, 1, 1, genes));
  expect(bytes.buffer).toBe(genes.buffer);
  genes[0] = 9;
  expect(Buffer.compare(bytes, encoded(genomeOf(3, 1, 1, Uint16Array.of(9, 2, 3))))).toBe(0);
});

it('are copied where a part of such memory is a genome of its own', () => {
  const genes = copyGenes(Uint16Array.of(1, 2, 3, 4));
  const part = genomeOf(2, 1, 1, genes.subarray(1, 3));
  expect(Buffer.compare(directBytes(part), encoded(part))).toBe(0);
  expect([...genes]).toEqual([1, 2, 3, 4]);
});
