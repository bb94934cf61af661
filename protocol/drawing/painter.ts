import { express } from '../encodings/cppn/express.js';
import type { CppnGenome } from '../encodings/cppn/genome.js';
import { createGrid, type Grid, type GridKernel } from '../encodings/cppn/grid.js';
import { packProgram } from '../encodings/cppn/program.js';
import type { DirectGenome } from '../encodings/direct/genome.js';
import type { Genome } from '../encodings/genome.js';
import type { Arena } from './painting/arena.js';

/** What kernel/index.ts exports to paint with. */
export interface PainterKernel extends GridKernel {
  drawCppn(picture: number, target: number): void;
  drawDirect(picture: number, target: number): void;
}

/** How the colours of a pixel lie in memory; the numbers are kernel/finish.ts's. */
export const LAYOUT = { grey: 0, planes: 1, RGB: 2, BGR: 3 } as const;

/** Where a picture goes, in the kernel's memory. */
export interface Target {
  readonly layout: (typeof LAYOUT)[keyof typeof LAYOUT];
  /** The first row of the red, the green and the blue plane; where colours are interleaved or grey, the first counts. */
  readonly planes: readonly [number, number, number];
  /** Bytes from a row to the next. */
  readonly stride: number;
  /** For red, green, blue: float = byte · scale + offset. */
  readonly scale: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
  /** Not 0: every row is turned into bytes, `rowBytes` of them, and laid here, one row after the other. */
  readonly bytes: number;
  readonly rowBytes: number;
}

/** Paints pictures of one size, one after the other, with the memory that the arena has left. */
export interface Painter {
  paint(genome: Genome, target: Target): void;
}

/** Pictures narrower than this are painted as wide as this: a vector of the kernel. */
export const NARROWEST = 4;

const PICTURE_WORDS = 18;
const TARGET_WORDS = 10;

export function createPainter(arena: Arena, kernel: PainterKernel, width: number, height: number): Painter {
  const drawnWidth = Math.max(NARROWEST, width);
  const pictureAt = arena.take(PICTURE_WORDS * 4);
  const targetAt = arena.take(TARGET_WORDS * 4);
  const base = arena.mark();
  let grid: Grid | undefined;
  let canvas = 0;

  /** The grid of a canvas stays until another canvas's genome comes: a batch has one canvas, as a rule. */
  function gridOf(genome: CppnGenome): Grid {
    if (grid === undefined || canvas !== genome.canvas) {
      arena.release(base);
      grid = createGrid(arena, kernel, genome.canvas, width, height);
      canvas = genome.canvas;
    }
    return grid;
  }

  function paintCppn(genome: CppnGenome, target: Target): void {
    const on = gridOf(genome);
    const mark = arena.mark();
    const { ops, d, outputs } = packProgram(express(genome), on, arena);
    const output = (i: number) => outputs[Math.min(i, outputs.length - 1)];
    arena.i32.set(
      [
        drawnWidth,
        height,
        ops.lineOps,
        ops.lineOpCount,
        ops.planeOps,
        ops.planeOpCount,
        d,
        on.squaresX,
        on.squaresY,
        ...[0, 1, 2].map((i) => output(i)?.address ?? 0),
        ...[0, 1, 2].map((i) => output(i)?.stride ?? 0),
        finishCode(genome.outputs, 0, target),
        target.bytes,
        target.rowBytes,
      ],
      pictureAt / 4,
    );
    writeTarget(target);
    kernel.drawCppn(pictureAt, targetAt);
    arena.release(mark);
  }

  function paintDirect(genome: DirectGenome, target: Target): void {
    const mark = arena.mark();
    const { channels, genes } = genome;
    const columns = Math.ceil(drawnWidth / 4) * 4;
    const genesAt = arena.take(genes.byteLength);
    const rows = [0, 1, 2].map(() => arena.take(columns * 4));
    const columnsAt = arena.take(columns * 4);
    const rowsAt = arena.take(height * 4);
    arena.bytes.set(new Uint8Array(genes.buffer, genes.byteOffset, genes.byteLength), genesAt);
    const pixel = channels * genes.BYTES_PER_ELEMENT;
    nearest(arena.i32.subarray(columnsAt / 4, columnsAt / 4 + columns), width, genome.width, pixel);
    nearest(arena.i32.subarray(rowsAt / 4, rowsAt / 4 + height), height, genome.height, pixel * genome.width);
    arena.i32.set(
      [
        drawnWidth,
        height,
        genesAt,
        channels,
        ...rows,
        columnsAt,
        rowsAt,
        width === genome.width ? 1 : 0,
        finishCode(channels, 1, target),
        target.bytes,
        target.rowBytes,
      ],
      pictureAt / 4,
    );
    writeTarget(target);
    kernel.drawDirect(pictureAt, targetAt);
    arena.release(mark);
  }

  function writeTarget({ planes, stride, scale, offset }: Target): void {
    arena.i32.set([...planes, stride], targetAt / 4);
    arena.f32.set([...scale, ...offset], targetAt / 4 + 4);
  }

  return {
    paint(genome, target) {
      if (genome.encoding === 'cppn') paintCppn(genome, target);
      else paintDirect(genome, target);
    },
  };
}

/** kernel/finish.ts's number for a way to end: values or bytes, grey or HLS, into a layout. */
function finishCode(channels: 1 | 3, areBytes: 0 | 1, { layout }: Target): number {
  return areBytes * 8 + (channels === 3 ? 4 : 0) + layout;
}

/**
 * For each of n samples, the offset of the cell under it on a side of `cells` cells `step` bytes apart: sample i lies at
 * (2i+1)·cells/2n − ½, cell k covers k ± ½. What lies beyond n repeats the last cell.
 */
function nearest(offsets: Int32Array, n: number, cells: number, step: number): void {
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = Math.min(cells - 1, Math.floor(((2 * i + 1) * cells) / (2 * n))) * step;
  }
}
