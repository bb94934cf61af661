import type { RandomStream } from '../../base/random.js';
import type { Breeding, Variation } from '../encoding.js';
import { createFloorTable } from '../operators/floor-table.js';
import { copyGenes, createGenes, GENE_MAX } from '../operators/genes.js';
import { createInverseTable } from '../operators/inverse-table.js';
import { polynomialCdf } from '../operators/polynomial.js';
import { crossSbx } from '../operators/sbx.js';
import type { DirectGenome } from './genome.js';

/** Where direct genomes come from. A child with a mate is first crossed with it (SBX, one of the two children). */
export const DIRECT_VARIATION: Variation<DirectGenome> = {
  crosses: true,
  random: ({ canvas, channels }, random) => randomDirect(canvas, channels, random),
  child(parent, { mutation, generation, random, mate, pool }: Breeding<DirectGenome>) {
    const crossed = mate
      ? { ...parent, genes: crossSbx(parent.genes, mate.genes, mutation.crossoverEta, random)[0] }
      : parent;
    const rate = rateAt(mutation.rate, mutation.halveEvery, generation);
    return mutateDirect(crossed, rate, mutation.eta, random, pool?.copy);
  },
  // That not one gene of thousands changes is too rare to look for.
  likeness: () => undefined,
  memory: ({ genes }) => genes,
};

/** A genome of `side` · `side` · `channels` genes, each uniform. */
export function randomDirect(side: number, channels: 1 | 3, random: RandomStream): DirectGenome {
  const genes = createGenes(side * side * channels);
  for (let i = 0; i < genes.length; i++) genes[i] = random.below(GENE_MAX + 1);
  return { encoding: 'direct', width: side, height: side, channels, genes };
}

/** The mutation rate of a generation: halved every `halveEvery` generations, constant where that is 0 (PAPER). */
export function rateAt(rate: number, halveEvery: number, generation: number): number {
  return halveEvery === 0 ? rate : rate / 2 ** Math.floor(generation / halveEvery);
}

/**
 * A child in which each gene is changed with probability `rate`, by polynomial mutation of index `eta`.
 * Exact in distribution at the genes' resolution, and quick: the number of genes between two that change is drawn
 * (it is geometric) instead of a number a gene, and steps are drawn as whole multiples of 1/65535.
 * `copy` makes the memory of the child's genes.
 */
export function mutateDirect(
  genome: DirectGenome,
  rate: number,
  eta: number,
  random: RandomStream,
  copy: (genes: Uint16Array) => Uint16Array = copyGenes,
): DirectGenome {
  const genes = copy(genome.genes);
  const gaps = gapTable(rate);
  const step = stepSize(eta);
  let next = 0;
  for (;;) {
    random.fill(words);
    for (let used = 0; used < WORDS; used += 2) {
      const gap = gaps.draw(words[used] as number);
      next += gap;
      if (next >= genes.length) return { ...genome, genes };
      if (gap === LONGEST_GAP) continue;
      const word = words[used + 1] as number;
      // The first bit is the step's sign (0 or −1 here; without a branch, since no one could predict it), the rest its size.
      const sign = word >> 31;
      const signed = (step((word << 1) >>> 0) ^ sign) - sign;
      genes[next] = Math.min(GENE_MAX, Math.max(0, (genes[next] as number) + signed));
      next++;
    }
  }
}

/** Random words drawn at a time; even, since they are used in pairs. */
const WORDS = 512;

/** Where they are drawn to, each time: a constant array is read a seventh faster than one that a call makes. */
const words = new Uint32Array(WORDS);

/** The longest gap that the table holds. Beyond it a new gap starts: a geometric distribution has no memory. */
const LONGEST_GAP = 1024;

/** P(gap ≤ k) = 1 − (1 − rate)^(k+1). */
const gapTable = rememberLast((rate: number) =>
  createInverseTable(
    Float64Array.from({ length: LONGEST_GAP }, (_, k) => 1 - (1 - rate) ** (k + 1)),
    12,
  ),
);

/**
 * The size of a step for a uniform word 0 … 2³²−1: |δ| · 65535, rounded to the nearest whole number, since genes are
 * whole. For the paper's eta of 15 the root of the formula is four square roots, and a table of parabolas saves most of
 * them; a table for any other eta is half a megabyte, which a network's weights push out of the cache every time.
 */
const stepSize = rememberLast((eta: number): ((word: number) => number) => {
  if (eta === 15) return paperStep();
  return createInverseTable(
    Float64Array.from({ length: GENE_MAX }, (_, k) => polynomialCdf((k + 0.5) / GENE_MAX, eta)),
    16,
  ).draw;
});

/**
 * The formula for eta 15, x^(1/16) being its root, x = 1 − word / 2³². Its third derivative is greatest where x is least,
 * 1/32 with these slices: by interpolation's error, |f‴| h³ / 9√3 with h half a slice, parabolas are within .0015 of it.
 */
const paperStep = () =>
  createFloorTable({
    exact: (word) => {
      const root = Math.sqrt(Math.sqrt(Math.sqrt(Math.sqrt(1 - word * 2 ** -32))));
      return GENE_MAX * (1 - root) + 0.5;
    },
    sliceBits: 10,
    slices: 1024 - 32,
    error: 0.002,
  });

/** A pure function of one number that remembers its last result: rate and eta stay the same for thousands of children. */
function rememberLast<T>(make: (key: number) => T): (key: number) => T {
  let last: { readonly key: number; readonly value: T } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}
