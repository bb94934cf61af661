import { MAX_BYTES } from '../encodings/codec.js';
import type { RunSpec } from '../spec/run-spec.js';
import { encodedSize } from './split.js';

/** What the scalar fields of a direct genome may take, its tags and lengths included. */
const DIRECT_HEADER = 64;
const GENE_BYTES = 2;

/** Bytes of the largest entry that a run can send: its largest genome, in the cells of all its classes. */
export function largestEntry({ encoding, canvas, channels, classes }: RunSpec): number {
  const direct = DIRECT_HEADER + GENE_BYTES * canvas * canvas * channels;
  const bytes = encoding === 'direct' ? direct : MAX_BYTES.cppn;
  const classIds = Array.from({ length: classes }, (_, classId) => classId);
  return encodedSize({ genome: new Uint8Array(bytes), classIds, confidences: [], evaluation: 0, island: 0 });
}
