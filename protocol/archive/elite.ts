import type { Digest, Genome } from '../encodings/genome.js';

/** The elite that an offspring came from: its genome, and the class whose cell it was drawn from. */
export interface Parent {
  readonly digest: Digest;
  readonly classId: number;
}

/** Where a genome comes from: all that history needs of it. */
export interface Descent {
  /** Of the genome. */
  readonly digest: Digest;
  readonly parent?: Parent;
  /** The island's evaluation count when it was evaluated, from 1. */
  readonly evaluation: number;
  /** The island's forward passes by then; absent where each evaluation was one, and of what is read from a store. */
  readonly cost?: number;
  /** Where it was born. */
  readonly island: number;
}

/** A genome that was evaluated, and where it comes from. Its digest is made once and kept. */
export interface Candidate extends Descent {
  readonly genome: Genome;
  /** Canonical bytes. */
  readonly bytes: Uint8Array;
}

/** A class's cell that a genome took. */
export interface Win {
  readonly classId: number;
  /** 0 … 1, a float32 value. */
  readonly confidence: number;
  readonly candidate: Descent;
}

/** A candidate that holds a class's cell. */
export interface Elite extends Win {
  readonly candidate: Candidate;
}

/** Whether the genome itself is there, and not its descent alone. */
export function isCandidate(descent: Descent): descent is Candidate {
  return 'genome' in descent;
}

/** The same of what won a cell. */
export function isElite(win: Win): win is Elite {
  return isCandidate(win.candidate);
}

/** The total order of the archive: greater confidence first, then the smaller digest. Negative when `a` is the better. */
export function compareElites(
  a: { readonly confidence: number; readonly candidate: { readonly digest: Digest } },
  b: { readonly confidence: number; readonly candidate: { readonly digest: Digest } },
): number {
  if (a.confidence !== b.confidence) return a.confidence > b.confidence ? -1 : 1;
  if (a.candidate.digest === b.candidate.digest) return 0;
  return a.candidate.digest < b.candidate.digest ? -1 : 1;
}

/**
 * Whether an elite's lineage changed its goal: the parent was drawn from another class's cell,
 * and was not itself what held this one.
 */
export function isGoalSwitch(elite: Win, previous: Win | undefined): boolean {
  const { parent } = elite.candidate;
  return (
    parent !== undefined && parent.classId !== elite.classId && parent.digest !== previous?.candidate.digest
  );
}
