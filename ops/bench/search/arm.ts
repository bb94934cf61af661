import { BadInputError } from '../../../protocol/base/errors.js';
import { ENCODING_NAMES, isEncoding } from '../../../protocol/encodings/names.js';
import { EMITTER_NAMES } from '../../../protocol/spec/emitter-names.js';
import { checkSpecInput, type RunSpecInput } from '../../../protocol/spec/run-spec.js';

/** One way of searching. */
export interface Arm {
  /** As it is typed: `dense:gradient+mutation`. */
  readonly name: string;
  readonly input: Pick<RunSpecInput, 'encoding' | 'evolution'>;
}

/**
 * Reads `ENCODING:EMITTER[+EMITTER…][/KEY=VALUE…]`, with keys of `evolution` like `gradient.steps`. Throws a
 * {@link BadInputError} that says what is wrong.
 */
export function parseArm(name: string): Arm {
  const [search = '', ...settings] = name.split('/');
  const [encoding = '', list = '', ...rest] = search.split(':');
  if (!isEncoding(encoding) || rest.length > 0) {
    throw badArm(name, `it takes an encoding (${ENCODING_NAMES.join(', ')}), a colon and emitters`);
  }
  const emitters = list.split('+').map((emitter) => {
    const known = EMITTER_NAMES.find((each) => each === emitter);
    if (known !== undefined) return known;
    throw badArm(name, `its emitters are of ${EMITTER_NAMES.join(', ')}, with a + between two`);
  });
  const evolution: Tree = { emitters };
  for (const setting of settings) set(evolution, setting, name);
  const input = checkSpecInput({ evolution });
  return { name, input: { encoding, ...(input.evolution && { evolution: input.evolution }) } };
}

interface Tree {
  [key: string]: unknown;
}

/** Sets one key, which may lie in another. */
function set(tree: Tree, setting: string, name: string): void {
  const [, path, value] = /^([A-Za-z.]+)=(.+)$/.exec(setting) ?? [];
  if (path === undefined || value === undefined) {
    throw badArm(name, `"${setting}" is not KEY=VALUE, with a key of evolution`);
  }
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let inner = tree;
  for (const key of keys) {
    const next: Tree = { ...(inner[key] as Tree | undefined) };
    inner[key] = next;
    inner = next;
  }
  inner[last] = Number.isNaN(Number(value)) ? value : Number(value);
}

function badArm(name: string, why: string): BadInputError {
  return new BadInputError({
    code: 'ERR_ARM',
    problem: `"${name}" is no way of searching: ${why}`,
    fix: 'Write it like dense:gradient or dense:mutation+gradient/gradient.steps=16',
  });
}
