import type { EmitterName } from '../../protocol/spec/emitter-names.js';
import type { EmitterMaker } from './emitter.js';
import { createMutationEmitter } from './mutation-emitter.js';

/** All emitters, by the names that a spec has for them. */
export const EMITTERS: Readonly<Record<EmitterName, EmitterMaker>> = {
  mutation: createMutationEmitter,
};
