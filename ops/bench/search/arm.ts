import { BadInputError } from '../../../protocol/base/errors.js';
import { ENCODING_NAMES, isEncoding } from '../../../protocol/encodings/names.js';
import { EMITTER_NAMES, type EmitterName } from '../../../protocol/spec/emitter-names.js';
import type { RunSpecInput } from '../../../protocol/spec/run-spec.js';

/** One way of searching. */
export interface Arm {
  /** As it is typed: `dense:gradient+mutation`. */
  readonly name: string;
  readonly input: Pick<RunSpecInput, 'encoding' | 'evolution'>;
}

/** Reads `ENCODING:EMITTER[+EMITTER…]`. Throws a {@link BadInputError} that says what is wrong. */
export function parseArm(name: string): Arm {
  const [encoding = '', list = '', ...rest] = name.split(':');
  if (!isEncoding(encoding) || rest.length > 0) {
    throw badArm(name, `an encoding (${ENCODING_NAMES.join(', ')}), a colon and emitters`);
  }
  const emitters = list.split('+').map((emitter) => {
    const known = EMITTER_NAMES.find((each) => each === emitter);
    if (known === undefined)
      throw badArm(name, `emitters of ${EMITTER_NAMES.join(', ')}, with a + between two`);
    return known;
  });
  return { name, input: { encoding, evolution: { emitters: emitters satisfies EmitterName[] } } };
}

function badArm(name: string, wanted: string): BadInputError {
  return new BadInputError({
    code: 'ERR_ARM',
    problem: `"${name}" is no way of searching: it takes ${wanted}`,
    fix: 'Write it like dense:gradient or dense:mutation+gradient',
  });
}
