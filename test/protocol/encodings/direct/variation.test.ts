import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../../../protocol/encodings/codec.js';
import { digestOf } from '../../../../protocol/encodings/digest.js';
import type { DirectGenome } from '../../../../protocol/encodings/direct/genome.js';
import { mutateDirect, randomDirect, rateAt } from '../../../../protocol/encodings/direct/variation.js';
import { GENE_MAX } from '../../../../protocol/encodings/operators/genes.js';
import { polynomialCdf } from '../../../../protocol/encodings/operators/polynomial.js';
import { genomeFault } from '../../../../protocol/encodings/validate.js';

const flat = (side: number, gene: number): DirectGenome => ({
  encoding: 'direct',
  width: side,
  height: side,
  channels: 1,
  genes: new Uint16Array(side * side).fill(gene),
});

const changes = (parent: DirectGenome, child: DirectGenome) =>
  Array.from(child.genes, (gene, i) => gene - (parent.genes[i] ?? 0));

/** The oracle: the same from the same words, by logarithms and powers, a gene at a time. */
function slowly(genome: DirectGenome, rate: number, eta: number, random: RandomStream): Uint16Array {
  const genes = genome.genes.slice();
  for (let next = 0; ; next++) {
    const passed = Math.floor(Math.log1p(-random.uniform()) / Math.log1p(-rate));
    const word = random.uniform() * 2;
    next += passed;
    if (next >= genes.length) return genes;
    const size = GENE_MAX * (1 - (1 - (word % 1)) ** (1 / (eta + 1)));
    const gene = Math.round((genes[next] ?? 0) + (word < 1 ? size : -size));
    genes[next] = Math.min(GENE_MAX, Math.max(0, gene));
  }
}

describe('direct mutation', () => {
  it.each([
    [0.1, 15],
    [0.5, 3],
    [0.02, 0],
    [0.9, 200],
  ])('is the formula, gene for gene (rate %d, eta %d)', (rate, eta) => {
    const parent = randomDirect(200, 1, randomFrom(1));
    for (let seed = 0; seed < 5; seed++) {
      const fast = mutateDirect(parent, rate, eta, randomFrom(seed));
      const slow = slowly(parent, rate, eta, randomFrom(seed));
      const differing = fast.genes.filter((gene, i) => gene !== slow[i]).length;
      // The formula's own rounding errors may fall on the other side of a half.
      expect(differing).toBeLessThan(3);
    }
  });

  it.each([0.1, 0.01, 1e-4, 1e-5, 1])('changes genes at rate %d, each as likely as the next', (rate) => {
    const parent = flat(200, 30_000);
    const random = randomFrom(2);
    const children = 20;
    // At eta 0 a step is 0 with probability 2 / 65535 only.
    const changed = Array.from({ length: children }, () =>
      changes(parent, mutateDirect(parent, rate, 0, random)).flatMap((step, i) => (step === 0 ? [] : [i])),
    ).flat();
    const genes = parent.genes.length;
    const expected = children * genes * rate;
    const deviation = Math.sqrt(expected * (1 - rate)) + expected * 1e-3;
    expect(Math.abs(changed.length - expected)).toBeLessThan(5 * deviation);
    const firstHalf = changed.filter((i) => i < genes / 2).length;
    expect(Math.abs(firstHalf - expected / 2)).toBeLessThan(5 * deviation);
  });

  it('takes steps distributed as the polynomial rule says, both ways alike', () => {
    const parent = flat(500, 32_768);
    const steps = changes(parent, mutateDirect(parent, 1, 15, randomFrom(3)));
    const deviation = 0.5 / Math.sqrt(steps.length);
    for (const size of [10, 100, 1000, 2000, 5000, 10_000, 20_000]) {
      const within = steps.filter((step) => Math.abs(step) <= size).length / steps.length;
      expect(Math.abs(within - polynomialCdf((size + 0.5) / GENE_MAX, 15))).toBeLessThan(5 * deviation);
    }
    const up = steps.filter((step) => step > 0).length;
    const down = steps.filter((step) => step < 0).length;
    expect(Math.abs(up - down) / steps.length).toBeLessThan(10 * deviation);
  });

  it('stops at black and white', () => {
    const random = randomFrom(4);
    expect(changes(flat(50, 0), mutateDirect(flat(50, 0), 1, 0, random)).every((step) => step >= 0)).toBe(
      true,
    );
    const white = flat(50, GENE_MAX);
    const steps = changes(white, mutateDirect(white, 1, 0, random));
    expect(steps.every((step) => step <= 0)).toBe(true);
    // Steps over the edge end on it.
    expect(steps.filter((step) => step === 0).length / steps.length).toBeGreaterThan(0.45);
  });

  it('gives these genes for this seed, for ever: a run goes on as an older Atoll would have gone on with it', () => {
    const random = randomFrom(9);
    let genome = randomDirect(64, 3, random);
    for (let i = 0; i < 50; i++) genome = mutateDirect(genome, 0.1, 15, random);
    expect(digestOf(encodeGenome(genome))).toBe(
      'bc7abcd2bfde61f33826daacb4261ad8dbf5c2ba68ac4061b9c59daea30aa477',
    );
    expect(Buffer.from(random.save()).toString('hex')).toBe('27a8c3a9aa002cb4221d55647d08b8b5');
  });

  it('changes nothing at rate 0, and ends', () => {
    const parent = randomDirect(30, 3, randomFrom(5));
    expect(mutateDirect(parent, 0, 15, randomFrom(6))).toEqual(parent);
  });

  it('leaves the parent as it was, and gives valid genomes', () => {
    const random = randomFrom(7);
    let genome = randomDirect(28, 3, random);
    for (let i = 0; i < 200; i++) {
      const before = digestOf(encodeGenome(genome));
      const child = mutateDirect(genome, 0.1, 15, random);
      expect(digestOf(encodeGenome(genome))).toBe(before);
      expect(genomeFault(child)).toBeUndefined();
      genome = child;
    }
  });

  it('starts from uniform genes', () => {
    const { genes } = randomDirect(200, 3, randomFrom(8));
    const mean = genes.reduce((sum, gene) => sum + gene, 0) / genes.length / GENE_MAX;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * (0.289 / Math.sqrt(genes.length)));
    expect(genes.some((gene) => gene > 65_500)).toBe(true);
  });

  it('halves its rate every so many generations, or never', () => {
    expect([0, 999, 1000, 1999, 2000, 5000].map((generation) => rateAt(0.1, 1000, generation))).toEqual([
      0.1,
      0.1,
      0.05,
      0.05,
      0.025,
      0.1 / 32,
    ]);
    expect(rateAt(0.1, 0, 1_000_000)).toBe(0.1);
  });
});
