import type { RandomStream } from '../base/random.js';
import type { Pixels } from '../drawing/drawer.js';
import type { PaintingMaker } from '../drawing/painting/painting.js';
import type { PullBackMaker } from '../drawing/painting/pull-back.js';
import type { Views } from '../drawing/tensor-spec.js';
import type { GenomeFault } from './faults.js';
import type { LayersSpec } from './layers-spec.js';
import type { MutationSpec } from './mutation-spec.js';
import type { Encoding } from './names.js';
import type { GenePool } from './operators/gene-pool.js';

/**
 * What an encoding is: a kind of genome, how it is written, how it varies and how it is drawn. All of it is pure. Each
 * part is given genomes of its own encoding alone; encodings.ts has all of them.
 */
export interface EncodingParts<Genome, Kernel> {
  readonly format: Format<Genome>;
  readonly variation: Variation<Genome>;
  readonly painting: PaintingMaker<Genome, Kernel>;
  /** The way from a picture's gradient to that of the {@link parameters}; only where there are some. */
  readonly pullBack?: PullBackMaker<Genome, Kernel>;
  /** The genome that draws a picture as nearly as it can, for encodings that hold any picture. */
  readonly ofPicture?: (picture: Pixels) => Genome;
  /** Where a genome is a number of real parameters that an optimiser may change freely. */
  readonly parameters?: RealParameters<Genome>;
}

/** What all genomes of a run have in common, as its spec has it. */
export interface RunShape {
  /** Side of the canonical grid. */
  readonly canvas: number;
  /** 1 (grey) or 3 (hue, lightness, saturation; of dense genomes red, green, blue). */
  readonly channels: 1 | 3;
  /** Hidden layers of dense genomes. */
  readonly layers: LayersSpec;
}

/** What kind of genome a run evolves. */
export interface GenomeShape extends RunShape {
  readonly encoding: Encoding;
}

/** How genomes are written, checked, described and kept. */
export interface Format<Genome> {
  /** Number of its member of the `oneof` in the message Genome (atoll.proto): 1 … 15, so that a tag is one byte. */
  readonly field: number;
  /** The longest canonical bytes of a valid genome. */
  readonly maxBytes: number;
  readonly keeping: Keeping;
  /**
   * The canonical bytes of a valid genome: the message Genome with its one member, fields in order. They may be a view of
   * the genome's memory.
   */
  encode(genome: Genome): Uint8Array;
  /**
   * The genome that the bytes of a member say, unchecked except for values that the genome's types cannot hold. Shares no
   * memory with them. Throws an {@link InvalidGenomeError}, and nothing else.
   */
  decode(member: Uint8Array): Genome;
  /**
   * A quicker way, where there is one: the genome of a whole message Genome if its bytes are canonical without doubt, still
   * unchecked. Undefined where they may not be: then {@link Format.decode} is asked.
   */
  decodeCanonical?(bytes: Uint8Array): Genome | undefined;
  /** The first rule or limit that a genome breaks; undefined where it is valid. Linear in its size. */
  fault(genome: Genome): GenomeFault | undefined;
  /** Why a genome cannot have been born in a run of this shape, in words; undefined when it can. */
  misfit(genome: Genome, run: RunShape): string | undefined;
  /** Channels of the picture that a genome draws. */
  channels(genome: Genome): 1 | 3;
  /** What the store says of a genome. */
  describe(genome: Genome): GenomeFigures;
  /**
   * A genome of at most `side` pixels a side that draws, at its own size, what this one draws at that size; the same genome
   * where it is no larger. Absent where superseded genomes are kept whole.
   */
  miniature?(genome: Genome, side: number): Genome;
  /**
   * Size of the graph that a genome draws, without what never reaches an output; absent where an encoding has no graph
   * that grows.
   */
  expressed?(genome: Genome): ExpressedSize;
  /** Length of the canonical bytes where all genomes of such a run share it. */
  commonSize(run: RunShape): number | undefined;
  /** No fewer bytes than the largest genome of such a run has. */
  largestSize(run: RunShape): number;
  /** What a spec says unless a person says otherwise. */
  defaults(network: NetworkFacts): SpecDefaults;
}

/** What is kept of genomes, and where. */
export interface Keeping {
  /**
   * Of one that holds no cell any more: all of it, or its digest and descent alone, as an island sends it and as the store
   * has it.
   */
  readonly superseded: 'genome' | 'digest';
  /** Where a coordinator has the genomes of its archive: `memory` must hold those of a thousand classes. */
  readonly archived: 'memory' | 'store';
  /** Whether bytes that are known are kept beside a genome; not worth it where {@link Format.encode} copies nothing. */
  readonly bytes: boolean;
}

/** Figures of a genome that has such parts: columns of the store. */
export interface GenomeFigures {
  /** Inputs included. */
  readonly nodes?: number;
  readonly connections?: number;
}

export interface ExpressedSize {
  /** Inputs not counted. */
  readonly nodes: number;
  readonly connections: number;
}

/** What the defaults of a spec depend on. */
export interface NetworkFacts {
  /** Side of the images that the network takes, in pixels. */
  readonly side: number;
  /** Whether it is a network as small as MNIST's. */
  readonly small: boolean;
  readonly views: Views;
}

export interface SpecDefaults {
  /** Side of the canonical grid. */
  readonly canvas: number;
  /** Offspring of all islands together a generation. */
  readonly generation: number;
  /** Evaluations between two sendings of migrants. */
  readonly interval: number;
  /** What of the mutation is not the paper's. */
  readonly mutation?: Partial<MutationSpec>;
}

/** A genome as a point of a space of real numbers, and back. */
export interface RealParameters<Genome> {
  /** Those of a valid genome: a copy. */
  read(genome: Genome): Float32Array;
  /**
   * The valid genome that differs from `like` in its parameters alone, which are the nearest to `values`: rounded to what a
   * genome can hold, and kept in its range; 0 for what is no number. Throws a RangeError unless there are as many as `like`
   * has.
   */
  write(values: Float32Array, like: Genome): Genome;
  /**
   * How many each genome of such a run has, where all genomes of a run are points of one space; absent where they are not.
   */
  count?(run: RunShape): number;
  /**
   * The matrices that the parameters of a genome are, in their order and without gaps; absent where they are none: each
   * parameter stands for itself.
   */
  matrices?(genome: Genome): readonly MatrixShape[];
}

/** A matrix among parameters, row by row. */
export interface MatrixShape {
  readonly rows: number;
  readonly columns: number;
}

/** Where genomes come from. Whatever it draws, it draws from the stream that it is given. */
export interface Variation<Genome> {
  /** Whether a child may have a second parent: its emitter draws one then, as often as the spec says. */
  readonly crosses: boolean;
  /** A genome of the first generation. */
  random(run: RunShape, random: RandomStream): Genome;
  /** A child of a valid genome, itself valid. */
  child(parent: Genome, breeding: Breeding<Genome>): Genome;
  /**
   * Tells children that draw the same image as their parent from others; undefined where that is not worth asking.
   */
  likeness(parent: Genome): Likeness<Genome> | undefined;
  /** The memory of a genome that is no longer needed, for the pool of {@link Breeding}; undefined: not worth it. */
  memory(genome: Genome): Uint16Array | undefined;
}

/** The image of one genome. */
export interface Likeness<Genome> {
  /** True: that genome draws the same image. False says nothing: two that differ may draw one image all the same. */
  drawnBy(genome: Genome): boolean;
}

/** What a child is made with. */
export interface Breeding<Genome> {
  readonly mutation: MutationSpec;
  /** From 0. */
  readonly generation: number;
  readonly random: RandomStream;
  /** A second parent of the same shape. */
  readonly mate?: Genome | undefined;
  /** Memory for the child, if there is some. */
  readonly pool?: GenePool | undefined;
}
