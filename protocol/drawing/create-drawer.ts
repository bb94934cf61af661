import { express } from '../genome/express.js';
import type { CppnGenome } from '../genome/cppn.js';
import type { DirectGenome } from '../genome/direct.js';
import type { Genome } from '../genome/genome.js';
import { type Arena, createArena } from './arena.js';
import { type Drawer, MAX_SIDE, type Pixels } from './drawer.js';
import { createGrid, type Grid, type GridKernel } from './grid.js';
import { packProgram } from './program.js';
import { channelCount, type TensorSpec, tensorLength, VIEW_COUNT, type Views } from './tensor-spec.js';
import { uncroppedSide, viewsOf } from './views.js';
import { Instance, type WasmModule } from './webassembly.js';

/** What kernel/index.ts exports. */
interface Kernel extends GridKernel {
  drawCppn(picture: number, target: number): void;
  drawDirect(picture: number, target: number): void;
  crop(
    source: number,
    sourceStride: number,
    target: number,
    width: number,
    height: number,
    pixelFloats: number,
    mirrored: number,
  ): void;
}
