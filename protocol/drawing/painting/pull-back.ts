import type { PaintingParts } from './painting.js';

/**
 * The way back from pictures of one encoding and one size to the genomes' parameters (the reverse mode of differentiation:
 * a vector-Jacobian product).
 */
export interface PullBack<Genome> {
  /**
   * The gradient of a number by the parameters of a valid genome, in their order (RealParameters), from its gradient `slope`
   * by the picture's bytes: shape [channels, height, width], where channels are the genome's own: a grey plane, or red,
   * green and blue. Rounding to bytes counts as no change. Memory beyond what the pull-back keeps is given back.
   */
  pull(genome: Genome, slope: Float32Array): Float32Array;
}

/** What a pull-back is made of: see {@link PaintingParts}; nothing is painted, so there is no target. */
export type PullBackParts<Kernel> = Omit<PaintingParts<Kernel>, 'targetAt'>;

/** Makes a pull-back that needs the functions of `Kernel`, which kernel/index.ts exports. */
export type PullBackMaker<Genome, Kernel> = (parts: PullBackParts<Kernel>) => PullBack<Genome>;
