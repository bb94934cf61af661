import { BadInputError } from '../../../protocol/base/errors.js';
import { shapeText } from '../../onnx/batch.js';

/** A node as an error speaks of it. */
export interface NodeName {
  readonly op: string;
  readonly name: string;
}

/** An operator that Atoll does not know. */
export function refusedOperator({ op, name }: NodeName): BadInputError {
  return new BadInputError({
    code: 'ERR_LAYER_CLASS',
    problem: `The model has an operator that Atoll cannot convert: ${op} (node "${name}")`,
    fix: ELSEWHERE,
  });
}

/** An operator that is known, used in a way that is not. `why` says how it is used. */
export function refusedUse({ op, name }: NodeName, why: string): BadInputError {
  return new BadInputError({
    code: 'ERR_LAYER_OPTION',
    problem: `Atoll cannot convert the operator ${op} (node "${name}") as the model uses it: ${why}`,
    fix: ELSEWHERE,
  });
}

export function refusedShapes(call: NodeName, ...values: readonly { readonly shape: readonly number[] }[]) {
  return refusedUse(
    call,
    `its inputs have the shapes ${values.map(({ shape }) => shapeText(shape)).join(' and ')}`,
  );
}

const ELSEWHERE = 'Run this model with --engine tensorflow';
