import { BadInputError } from '../../protocol/base/errors.js';
import type { EmitterName } from '../../protocol/spec/emitter-names.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { createBanditEmitter } from './bandit-emitter.js';
import { createCmaEmitter } from './cma-emitter.js';
import type { EmitterMaker } from './emitter.js';
import { createGradientEmitter } from './gradient-emitter.js';
import { createIsoLineEmitter } from './iso-line-emitter.js';
import { createMutationEmitter } from './mutation-emitter.js';
import { named } from './named.js';

/** All emitters, by the names that a spec has for them. */
export const EMITTERS: Readonly<Record<EmitterName, EmitterMaker>> = {
  mutation: createMutationEmitter,
  'iso-line': createIsoLineEmitter,
  gradient: createGradientEmitter,
  cma: createCmaEmitter,
};

/**
 * What a spec's offspring come from: the one emitter that it names, or a bandit that chooses among several. It throws a
 * {@link BadInputError} (`ERR_CHECKPOINT`) where what it had saved is not what it saves.
 */
export function emitterFor({ evolution }: Pick<RunSpec, 'evolution'>): EmitterMaker {
  const [first = 'mutation', ...others] = evolution.emitters;
  const make =
    others.length === 0
      ? named(first, EMITTERS[first])
      : createBanditEmitter([first, ...others].map((name) => ({ name, make: EMITTERS[name] })));
  return (parts) => {
    try {
      return make(parts);
    } catch (cause) {
      if (parts.saved === undefined) throw cause;
      throw new BadInputError({
        code: 'ERR_CHECKPOINT',
        problem: 'What the emitters of an island had learnt is damaged in archive.db',
        fix: 'Restore the run from a backup',
        cause,
      });
    }
  };
}
