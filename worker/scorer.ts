import type { Genome } from '../protocol/encodings/genome.js';

/** Gives genomes their confidences, however they are drawn. Adapters: drawn-scorer.ts, onnx/dense/dense-scorer.ts. */
export interface Scorer {
  readonly classes: number;
  /** Draws genomes and gives their confidences: shape [genomes, classes], means over the views. Rejects when the engine fails. */
  score(genomes: readonly Genome[]): Promise<Float32Array>;
  /** The same with gradients, where the encoding has parameters and the engine can. `classIds`: one a genome. */
  readonly gradient?: (genomes: readonly Genome[], classIds: readonly number[]) => Promise<ScoredGradients>;
  /** Since it was made. */
  readonly spent: ScorerSeconds;
}

export interface ScoredGradients {
  /** Shape [genomes, classes]. */
  readonly confidences: Float32Array;
  /** Of −log of the confidence in the genome's class, by the genome's parameters: one array a genome. */
  readonly gradients: readonly Float32Array[];
}

/** Seconds: drawing, and the network; all of it `classify` where the engine does both in one. */
export interface ScorerSeconds {
  readonly render: number;
  readonly classify: number;
}
