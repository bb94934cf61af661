import type { Arena } from './arena.js';
import type { Target } from './target.js';

/** Paints pictures of one encoding and one size, one after the other. */
export interface Painting<Genome> {
  /** Paints a valid genome. Memory beyond what the painting keeps is given back. */
  paint(genome: Genome, target: Target): void;
}

/** What a painting is made of. */
export interface PaintingParts<Kernel> {
  /** Memory of the kernel: what a painting takes is its own until another one is made. */
  readonly arena: Arena;
  readonly kernel: Kernel;
  /** Of the pictures, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Address of the {@link Target} as the kernel reads it; written before each picture. */
  readonly targetAt: number;
}

/** Makes a painting that needs the functions of `Kernel`, which kernel/index.ts exports. */
export type PaintingMaker<Genome, Kernel> = (parts: PaintingParts<Kernel>) => Painting<Genome>;
