import type { GenomeShape } from '../encodings/encoding.js';
import type { RunSpec } from './run-spec.js';

/** What the genomes of a run have in common, as its spec says. */
export function shapeOf(
  spec: Pick<RunSpec, 'encoding' | 'canvas' | 'channels'> & {
    readonly evolution: Pick<RunSpec['evolution'], 'layers'>;
  },
): GenomeShape {
  const { encoding, canvas, channels, evolution } = spec;
  return { encoding, canvas, channels, layers: evolution.layers };
}
