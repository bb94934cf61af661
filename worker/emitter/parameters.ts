import type { RealParameters } from '../../protocol/encodings/encoding.js';
import type { Encoding, Genome } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';

/** The parameters of an encoding that has some; a spec whose emitters need them was refused for any other (protocol/spec/check-emitters.ts). */
export function parametersOf(encoding: Encoding): RealParameters<Genome> {
  const { parameters } = encodingOf(encoding);
  if (parameters === undefined) throw new RangeError(`genomes of ${encoding} have no parameters`);
  return parameters;
}
