import { BadInputError } from '../base/errors.js';
import { encodingOf } from '../encodings/lookup.js';
import type { EmitterName } from './emitter-names.js';
import { shapeOf } from './run-shape.js';
import type { RunSpec } from './run-spec.js';

/** Parameters of a genome at the most, for the emitter `cma`: what it learns of each has to fit into a checkpoint. */
export const MOST_CMA_PARAMETERS = 3500;

/** Emitters that move genomes by their parameters. */
const BY_PARAMETERS: readonly EmitterName[] = ['iso-line', 'gradient', 'cma'];
/** Those that relate one genome's parameters to another's. */
const IN_A_SPACE: readonly EmitterName[] = ['iso-line', 'cma'];
/** Emitters that need to know what became of some offspring before they make the next. */
const STEP_BY_STEP: readonly EmitterName[] = ['gradient', 'cma'];

type Emitting = Pick<RunSpec, 'encoding' | 'canvas' | 'channels' | 'evolution'>;

/** Throws a {@link BadInputError} where an emitter of the spec cannot serve its encoding or its way of insertion. */
export function checkEmitters(spec: Emitting): void {
  const problem = problemOf(spec);
  if (problem === undefined) return;
  throw new BadInputError({
    code: 'ERR_EMITTER',
    problem,
    fix: 'Leave the emitter out of evolution.emitters, where --preset gradient puts gradient, or choose another encoding or insertion; ops/docs/spec.md lists all keys',
  });
}

function problemOf(spec: Emitting): string | undefined {
  const { emitters, insertion, constraints } = spec.evolution;
  const { parameters } = encodingOf(spec.encoding);
  const moving = emitters.find((name) => BY_PARAMETERS.includes(name));
  if (moving !== undefined && parameters === undefined) {
    return `the emitter ${moving} needs genomes that are so many real numbers, which those of the encoding ${spec.encoding} are not`;
  }
  const spatial = emitters.find((name) => IN_A_SPACE.includes(name));
  if (spatial !== undefined && parameters?.count === undefined) {
    return `the emitter ${spatial} needs genomes of one shape, but each genome of the encoding ${spec.encoding} has its own number of weights`;
  }
  const count = parameters?.count?.(shapeOf(spec)) ?? 0;
  if (emitters.includes('cma') && count > MOST_CMA_PARAMETERS) {
    return `the emitter cma takes genomes of up to ${MOST_CMA_PARAMETERS} parameters, but those of this run have ${count}`;
  }
  if (constraints.views.length > 0 && emitters.includes('gradient')) {
    return 'the emitter gradient follows the gradient of the image alone, and this run has constraints (evolution.constraints)';
  }
  if (insertion === 'steady-state') return undefined;
  const stepwise = emitters.find((name) => STEP_BY_STEP.includes(name));
  if (stepwise !== undefined) {
    return `the emitter ${stepwise} goes on from what its last images became, which evolution.insertion generation tells too late`;
  }
  if (emitters.length > 1) {
    return 'several emitters are chosen by what their last images became, which evolution.insertion generation tells too late';
  }
  return undefined;
}
