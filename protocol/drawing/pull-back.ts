import type { Genome } from '../encodings/genome.js';
import { encodingOf, formatOf, type PaintingKernel } from '../encodings/lookup.js';
import type { Arena } from './painting/arena.js';
import { slopeOfPicture } from './slope.js';
import { type TensorSpec, tensorLength, VIEW_COUNT, type Views } from './tensor-spec.js';
import { pictureSize } from './views.js';

/**
 * The gradients of a number by the parameters of genomes of one encoding, from its gradient by the tensor of their pictures:
 * `slopes` has shape [genomes · views, …spec], the result one array a genome. It takes all that the arena has left. Throws a
 * RangeError where the encoding has no pull-back, and where `slopes` has another length.
 */
export function pullBack(
  genomes: readonly Genome[],
  {
    spec,
    views,
    slopes,
  }: { readonly spec: TensorSpec; readonly views: Views; readonly slopes: Float32Array },
  arena: Arena,
  kernel: PaintingKernel,
): Float32Array[] {
  const each = VIEW_COUNT[views] * tensorLength(spec);
  if (slopes.length !== genomes.length * each) {
    throw new RangeError(`expected slopes of ${genomes.length} × ${each} values, got ${slopes.length}`);
  }
  const [first] = genomes;
  if (first === undefined) return [];
  const { encoding } = first;
  const make = encodingOf(encoding).pullBack;
  if (make === undefined) throw new RangeError(`genomes of ${encoding} have no pull-back`);
  const { pull } = make({ arena, kernel, ...pictureSize(views, spec.width, spec.height) });
  return genomes.map((genome, i) => {
    if (genome.encoding !== encoding) throw new RangeError(`${encoding} and ${genome.encoding} in one batch`);
    const shown = slopes.subarray(i * each, (i + 1) * each);
    return pull(genome, slopeOfPicture(shown, spec, views, formatOf(genome).channels(genome)));
  });
}
