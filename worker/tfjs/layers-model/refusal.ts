import type { LayerName } from './kind.js';

/** The error of a conversion that meets something it cannot write in ONNX; the fix depends on the whole model. */
export class Refusal extends Error {
  readonly code: `ERR_LAYER_${string}`;

  /** `problem` is a plain sentence without its full stop. */
  constructor(code: Refusal['code'], problem: string) {
    super(problem);
    this.name = 'Refusal';
    this.code = code;
  }
}

export function refusedLayer({ name, className }: LayerName): Refusal {
  return new Refusal(
    'ERR_LAYER_CLASS',
    `The layer "${name}" is of class ${className}, which is not converted`,
  );
}

/** A layer of a known class, used in a way that is not known: `use` goes on after its name, e.g. `has 2 inputs`. */
export function refusedUse({ name, className }: LayerName, use: string): Refusal {
  return new Refusal('ERR_LAYER_OPTION', `The layer "${name}" (${className}) ${use}`);
}
