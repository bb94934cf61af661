import type { RunSpec } from './run-spec.js';

/**
 * The generation of its island in which an image was born: 0 are the random images that it starts with. `evaluation`: the
 * island's, at birth, from 1 on.
 */
export function generationOf(
  evaluation: number,
  { initial, generation }: Pick<RunSpec['evolution'], 'initial' | 'generation'>,
): number {
  return evaluation <= initial ? 0 : Math.ceil((evaluation - initial) / generation);
}
