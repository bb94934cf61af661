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

/** What a spec's offspring come from: the one emitter that it names, or a bandit that chooses among several. */
export function emitterFor({ evolution }: Pick<RunSpec, 'evolution'>): EmitterMaker {
  const [first = 'mutation', ...others] = evolution.emitters;
  if (others.length === 0) return named(first, EMITTERS[first]);
  return createBanditEmitter([first, ...others].map((name) => ({ name, make: EMITTERS[name] })));
}
