import type { RealParameters } from '../../protocol/encodings/encoding.js';
import type { Encoding, Genome } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';

/** The parameters of an encoding that has some; a spec whose emitters need them was refused for any other (protocol/spec/check-emitters.ts). */
export function parametersOf(encoding: Encoding): RealParameters<Genome> {
  const { parameters } = encodingOf(encoding);
  if (parameters === undefined) throw new RangeError(`genomes of ${encoding} have no parameters`);
  return parameters;
}

/** How many parameters each genome of a run has, where all of them have as many; other specs were refused as above. */
export function parameterCount(
  spec: Pick<RunSpec, 'encoding' | 'canvas' | 'channels' | 'evolution'>,
): number {
  const count = parametersOf(spec.encoding).count?.(shapeOf(spec));
  if (count === undefined) throw new RangeError(`genomes of ${spec.encoding} differ in their parameters`);
  return count;
}
