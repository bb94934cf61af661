import type { Genome } from '../encodings/genome.js';
import { formatOf, type PaintingKernel } from '../encodings/lookup.js';
import { type Drawer, MAX_SIDE, type Pixels } from './drawer.js';
import { createPainter } from './painter.js';
import { createArena } from './painting/arena.js';
import { LAYOUT, NARROWEST, type Target } from './painting/target.js';
import { Instance, Memory, type WasmModule } from './painting/webassembly.js';
import { pullBack } from './pull-back.js';
import { channelCount, type TensorSpec, tensorLength, VIEW_COUNT, type Views } from './tensor-spec.js';
import { pictureSize, viewsOf } from './views.js';

/** The exports of kernel/index.ts. */
interface Kernel extends PaintingKernel {
  /** The first address beyond the kernel's own constants. */
  firstFree(): number;
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

/**
 * 64 KiB each: enough for a CPU's batch. Pages that are never touched take no memory. Memory that grows replaces its
 * old buffer, and V8 then checks for that at every access to any typed array of the process, which slows variation down
 * by a fifth.
 */
const PAGES = 256;

/**
 * A drawer from the compiled kernel (`generated/kernel.wasm`), in Node or a browser. Sizes out of range, and factors
 * that are not one for each channel, throw a RangeError. Genomes are taken to be valid (see encodings/validate.ts).
 *
 * A grey genome on a network of three channels is repeated in each; one of three on a grey network is shown as its luma
 * (OpenCV's fixed-point weights). Sample i of n lies at (i+½)·canvas/n − ½ on the genome's canvas, whatever n.
 */
export function createDrawer(module: WasmModule): Drawer {
  const memory = new Memory({ initial: PAGES });
  const kernel = new Instance(module, { env: { memory } }).exports as Kernel;
  const arena = createArena(memory, kernel.firstFree());
  const base = arena.mark();

  function tensor(genomes: readonly Genome[], spec: TensorSpec, views: Views): Float32Array {
    checkSpec(spec);
    const { width, height } = spec;
    const floats = tensorLength(spec);
    const count = VIEW_COUNT[views];
    arena.release(base);
    const length = genomes.length * count * floats;
    const out = arena.take(length * 4);

    const whole = views === 'single';
    const { width: pictureWidth, height: pictureHeight } = pictureSize(views, width, height);
    const drawnWidth = Math.max(NARROWEST, pictureWidth);
    const planes = spec.layout === 'NCHW' ? channelCount(spec.channels) : 1;
    const pixelFloats = channelCount(spec.channels) / planes;
    const stride = drawnWidth * pixelFloats * 4;
    const planeBytes = stride * pictureHeight;
    // A picture that is a whole view is painted in its place; any other is painted aside and cropped.
    const inPlace = whole && drawnWidth === width;
    const aside = inPlace ? 0 : arena.take(planeBytes * planes);
    const windows = viewsOf(views, pictureWidth, pictureHeight, width, height);

    const painter = createPainter(arena, kernel, pictureWidth, pictureHeight);
    genomes.forEach((genome, i) => {
      const place = out + i * count * floats * 4;
      painter.paint(genome, targetOf(spec, inPlace ? place : aside, stride, planeBytes));
      if (inPlace) return;
      let at = place;
      for (const { left, top, mirrored } of windows) {
        for (let plane = 0; plane < planes; plane++) {
          const from = aside + plane * planeBytes + top * stride + left * pixelFloats * 4;
          kernel.crop(from, stride, at, width, height, pixelFloats, mirrored ? 1 : 0);
          at += width * height * pixelFloats * 4;
        }
      }
    });
    return new Float32Array(arena.buffer, out, length);
  }

  function pixels(genome: Genome, width: number, height: number): Pixels {
    checkSide('width', width);
    checkSide('height', height);
    arena.release(base);
    const channels = formatOf(genome).channels(genome);
    const rowBytes = width * channels;
    const bytes = arena.take(rowBytes * height);
    // Each row is painted as floats in the same place, then turned into bytes.
    const row = arena.take(Math.max(NARROWEST, width) * channels * 4);
    createPainter(arena, kernel, width, height).paint(genome, {
      layout: channels === 1 ? LAYOUT.grey : LAYOUT.RGB,
      planes: [row, row, row],
      stride: 0,
      scale: [1, 1, 1],
      offset: [0, 0, 0],
      bytes,
      rowBytes,
    });
    return { width, height, channels, data: arena.bytes.slice(bytes, bytes + rowBytes * height) };
  }

  return {
    tensor,
    pixels,
    pullBack(genomes, spec, views, slopes) {
      checkSpec(spec);
      arena.release(base);
      return pullBack(genomes, { spec, views, slopes }, arena, kernel);
    },
  };
}

/** The place of one picture at `address`, in the tensor's layout and factors. */
function targetOf(spec: TensorSpec, address: number, stride: number, planeBytes: number): Target {
  const { layout, channels, scale, offset } = spec;
  // Where red, green and blue stand in the tensor's order.
  const order = channels === 'grey' ? [0, 0, 0] : channels === 'RGB' ? [0, 1, 2] : [2, 1, 0];
  const inOrder = (values: readonly number[]) => triple(order.map((c) => values[c] ?? 0));
  return {
    layout: channels === 'grey' ? LAYOUT.grey : layout === 'NCHW' ? LAYOUT.planes : LAYOUT[channels],
    planes: triple(order.map((c) => address + (layout === 'NCHW' ? c * planeBytes : 0))),
    stride,
    scale: inOrder(scale),
    offset: inOrder(offset),
    bytes: 0,
    rowBytes: 0,
  };
}

function triple(values: readonly number[]): [number, number, number] {
  return [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0];
}

function checkSpec({ width, height, channels, scale, offset }: TensorSpec): void {
  checkSide('width', width);
  checkSide('height', height);
  const wanted = channelCount(channels);
  if (scale.length !== wanted || offset.length !== wanted) {
    throw new RangeError(
      `expected ${wanted} scales and offsets for ${channels}, got ${scale.length} and ${offset.length}`,
    );
  }
}

function checkSide(name: string, side: number): void {
  if (!Number.isInteger(side) || side < 1 || side > MAX_SIDE) {
    throw new RangeError(`expected a ${name} of 1 to ${MAX_SIDE} pixels, got ${side}`);
  }
}
