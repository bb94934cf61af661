import type { Encoding, Genome } from '../encodings/genome.js';
import { encodingOf, type PaintingKernel } from '../encodings/lookup.js';
import type { Arena } from './painting/arena.js';
import type { Painting } from './painting/painting.js';
import type { Target } from './painting/target.js';

/** Paints pictures of one size, one after the other, with the memory that the arena has left. */
export interface Painter {
  paint(genome: Genome, target: Target): void;
}

const TARGET_WORDS = 10;

export function createPainter(arena: Arena, kernel: PaintingKernel, width: number, height: number): Painter {
  const targetAt = arena.take(TARGET_WORDS * 4);
  const base = arena.mark();
  let painting: Painting<Genome> | undefined;
  let painted: Encoding | undefined;

  /** A painting stays until a genome of another encoding comes: a batch has one encoding, as a rule. */
  function paintingOf({ encoding }: Genome): Painting<Genome> {
    if (painting === undefined || painted !== encoding) {
      arena.release(base);
      painting = encodingOf(encoding).painting({ arena, kernel, width, height, targetAt });
      painted = encoding;
    }
    return painting;
  }

  return {
    paint(genome, target) {
      const { planes, stride, scale, offset } = target;
      const chosen = paintingOf(genome);
      arena.i32.set([...planes, stride], targetAt / 4);
      arena.f32.set([...scale, ...offset], targetAt / 4 + 4);
      chosen.paint(genome, target);
    },
  };
}
