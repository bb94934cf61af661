import { encodingOf } from '../../protocol/encodings/lookup.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { EmitterParts, Offspring } from './emitter.js';

/**
 * So many offspring, in order: `evolution.initial` random genomes of an island that is founded, and random ones while its
 * archive is empty; after that what `next` gives.
 */
export function foundedOffspring(parts: EmitterParts, n: number, next: () => Offspring): Offspring[] {
  const { archive, spec, random, evaluations } = parts;
  const { variation } = encodingOf(spec.encoding);
  const shape = shapeOf(spec);
  const asked = evaluations();
  return Array.from({ length: n }, (_, i) =>
    asked + i < spec.evolution.initial || archive.filled === 0
      ? { genome: variation.random(shape, random) }
      : next(),
  );
}
