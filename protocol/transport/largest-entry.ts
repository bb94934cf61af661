import { encodingOf } from '../encodings/lookup.js';
import { shapeOf } from '../spec/run-shape.js';
import type { RunSpec } from '../spec/run-spec.js';
import { encodedSize } from './split.js';

/** Bytes of the largest entry that a run can send: its largest genome, in the cells of all its classes. */
export function largestEntry(
  spec: Pick<RunSpec, 'encoding' | 'canvas' | 'channels' | 'evolution' | 'classes'>,
): number {
  const bytes = encodingOf(spec.encoding).format.largestSize(shapeOf(spec));
  const classIds = Array.from({ length: spec.classes }, (_, classId) => classId);
  return encodedSize({ genome: new Uint8Array(bytes), classIds, confidences: [], evaluation: 0, island: 0 });
}
