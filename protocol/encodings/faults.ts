/** Every reason for which a genome of any encoding is refused: few enough to label a counter with. */
export const GENOME_FAULTS = [
  /** Bytes that are no protobuf, or a genome of no known encoding. */
  'malformed',
  /** Bytes that say the same in another way than {@link encodeGenome} does, or more: the digest would be ambiguous. */
  'not-canonical',
  /** More bytes than any genome within the limits has. */
  'too-large',
  /** Neither 1 nor 3 outputs or channels. */
  'outputs',
  'canvas',
  /** Too many nodes, or fewer than outputs. */
  'nodes',
  'activation',
  /** Too many connections, or sources, targets and weights that do not run in parallel. */
  'connections',
  /** From or to a node that is not there, or into an input. */
  'endpoint',
  /** Not sorted by (target, source), or twice the same. */
  'connection-order',
  /** Not finite, or beyond the range. */
  'weight',
  'cycle',
  /** No or too many samples. */
  'samples',
  /** No, too many or too wide hidden layers, or a width that is no multiple of the number of activations. */
  'layers',
  /** Not width · height · channels genes, or not as many weights as the layers have. */
  'gene-length',
] as const;

export type GenomeFault = (typeof GENOME_FAULTS)[number];

/** A genome that no image may be drawn from; `reason` is for machines, the message for people. */
export class InvalidGenomeError extends Error {
  readonly reason: GenomeFault;

  constructor(reason: GenomeFault, cause?: unknown) {
    super(`invalid genome: ${reason}`, cause === undefined ? undefined : { cause });
    this.name = 'InvalidGenomeError';
    this.reason = reason;
  }
}
