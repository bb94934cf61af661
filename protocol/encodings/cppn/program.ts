import type { Arena } from '../../drawing/painting/arena.js';
import type { ExpressedCppn } from './express.js';
import { ACTIVATIONS, INPUTS } from './genome.js';
import type { Grid } from './grid.js';
import { createOpWriter, MOST_INPUTS, type OpWriter, PART, PART_OF_SINE, SUM } from './op-writer.js';

/**
 * A CPPN as the kernel runs it: line operations (what depends on x alone, on y alone or on neither: once a column or
 * row), then plane operations (once a pixel).
 */
export interface Program {
  readonly ops: OpWriter;
  /** A row for d, or 0 where no node wants it. */
  readonly d: number;
  /** Rows of the outputs. */
  readonly outputs: readonly PairRows[];
}

/** Where the kernel finds a pair's first row, and how far the second is from it (0: both are the same). */
interface PairRows {
  readonly address: number;
  readonly stride: number;
}

/**
 * Factors of a node's sum: folded into its weights, so that no pixel pays for it (kernel/activation.ts).
 * In the order of ACTIVATIONS.
 */
export const ARGUMENT_SCALES: readonly number[] = [1 / Math.PI, Math.LOG2E, Math.sqrt(Math.LOG2E), 1 / 3];

/** The coordinates that a value depends on, as a set; a set of at most one of X and Y is a line. */
const X = 1;
const Y = 2;
const D = 4;
const INPUT_X = INPUTS.indexOf('x');
const INPUT_Y = INPUTS.indexOf('y');
const INPUT_D = INPUTS.indexOf('d');
const INPUT_BIAS = INPUTS.indexOf('bias');
const SINE = ACTIVATIONS.indexOf('sine');

/** Bytes, generously: operations and the rounding up of addresses. */
const ROOM_PER_NODE = 256;
const ROOM_PER_TERM = 64;

/** Packs what a genome expresses into the arena, with room for all its values. */
export function packProgram(expressed: ExpressedCppn, grid: Grid, arena: Arena): Program {
  const { activations, outputs } = expressed;
  const packing = beginPacking(expressed, grid, arena);
  const { ops, on, address } = packing;
  for (let i = 0; i < activations.length; i++) {
    const activation = activations[i] as number;
    const scale = ARGUMENT_SCALES[activation] as number;
    if (isLine(on[INPUTS.length + i] as number)) packLine(packing, i, activation, scale);
    else packPlane(packing, i, activation, scale);
  }
  const rows = Array.from(outputs, (output) => packOutput(packing, output));
  return { ops, d: address[INPUT_D] as number, outputs: rows };
}

/** A program that is being packed. Nodes are numbered as in {@link ExpressedCppn}, inputs included. */
interface Packing {
  readonly expressed: ExpressedCppn;
  readonly grid: Grid;
  readonly arena: Arena;
  readonly ops: OpWriter;
  readonly rowBytes: number;
  /** The coordinates that each node depends on: a set. */
  readonly on: Uint8Array;
  /** The last node that reads each node; 0 where none does, and the number of nodes where the picture does. */
  readonly lastUse: Uint16Array;
  /** Where the values of each node lie. */
  readonly address: Uint32Array;
  /** Pairs of rows that nothing reads any more. */
  readonly freeRows: number[];
}

function beginPacking(expressed: ExpressedCppn, grid: Grid, arena: Arena): Packing {
  const { activations, start, sources, weights, outputs } = expressed;
  const inputs = INPUTS.length;
  const nodes = activations.length;
  const all = inputs + nodes;
  const rowBytes = grid.columns * 4;

  const on = new Uint8Array(all);
  const lastUse = new Uint16Array(all);
  on.set([X, Y, D]);
  for (let i = 0; i < nodes; i++) {
    let union = 0;
    for (let c = start[i] as number; c < (start[i + 1] as number); c++) {
      const source = sources[c] as number;
      union |= on[source] as number;
      lastUse[source] = inputs + i;
    }
    on[inputs + i] = union;
  }
  for (const output of outputs) lastUse[output] = all;

  // Operations are written through views of the memory, which must not grow meanwhile. A node is one line operation, or
  // two parts, a chain of plane operations and a pair of rows; an output that is a line is put on the plane as well.
  const most = nodes + outputs.length;
  arena.reserve(most * (ROOM_PER_NODE + 12 * grid.columns + 8 * grid.rows) + weights.length * ROOM_PER_TERM);
  const ops = createOpWriter(arena, {
    lineOps: 2 * most,
    lineTerms: weights.length + outputs.length,
    planeOps: most + Math.ceil(weights.length / MOST_INPUTS),
    planeTerms: weights.length,
  });
  const address = new Uint32Array(all);
  address[INPUT_X] = grid.x;
  address[INPUT_Y] = grid.y;
  address[INPUT_D] = lastUse[INPUT_D] === 0 ? 0 : arena.take(rowBytes);
  address[INPUT_BIAS] = grid.one;
  return { expressed, grid, arena, ops, rowBytes, on, lastUse, address, freeRows: [] };
}

function lineTerm({ ops, address, on }: Packing, source: number, weight: number): void {
  ops.lineTerm(weight, address[source] as number, on[source] === 0 ? 0 : 16);
}

/** Bytes from a node's first row to its second. */
function strideOf({ on, rowBytes }: Packing, node: number): number {
  return dependsOnY(on[node] as number) ? rowBytes : 0;
}

/** A node whose values lie along one side. */
function packLine(packing: Packing, i: number, activation: number, scale: number): void {
  const { expressed, grid, arena, ops, on, address } = packing;
  const { start, sources, weights } = expressed;
  const set = on[INPUTS.length + i] as number;
  const length = set === 0 ? 4 : set === X ? grid.columns : grid.rows;
  const target = arena.take(length * 8);
  address[INPUTS.length + i] = target;
  ops.beginLine(activation, length, target);
  for (let c = start[i] as number; c < (start[i + 1] as number); c++) {
    lineTerm(packing, sources[c] as number, (weights[c] as number) * scale);
  }
}

/** The sum of a node's terms that lie along one side, as floats; 0 where there are none. */
function packPart(
  packing: Packing,
  i: number,
  code: number,
  scale: number,
  side: typeof X | typeof Y,
): number {
  const { expressed, grid, arena, ops, on } = packing;
  const { start, sources, weights } = expressed;
  const length = side === X ? grid.columns : grid.rows;
  let target = 0;
  for (let c = start[i] as number; c < (start[i + 1] as number); c++) {
    const source = sources[c] as number;
    if (!isAlong(side, on[source] as number)) continue;
    if (target === 0) {
      target = arena.take(length * 4);
      ops.beginLine(code, length, target);
    }
    lineTerm(packing, source, (weights[c] as number) * scale);
  }
  return target;
}

/** A node that has a value of its own at each pixel. */
function packPlane(packing: Packing, i: number, activation: number, scale: number): void {
  const { expressed, grid, arena, ops, rowBytes, on, address, freeRows } = packing;
  const { start, sources, weights } = expressed;
  const node = INPUTS.length + i;
  const end = start[i + 1] as number;
  const code = activation === SINE ? PART_OF_SINE : PART;
  const columnPart = packPart(packing, i, code, scale, X);
  const rowPart = packPart(packing, i, code, scale, Y);
  const target = freeRows.pop() ?? arena.take(2 * rowBytes);
  const rows = dependsOnY(on[node] as number) ? 2 : 1;
  address[node] = target;
  ops.beginPlane(columnPart, 0, rowPart === 0 ? grid.zeros : rowPart, target, rows);
  let terms = 0;
  for (let c = start[i] as number; c < end; c++) {
    const source = sources[c] as number;
    if (isLine(on[source] as number)) continue;
    if (terms === MOST_INPUTS) {
      ops.endPlane(SUM);
      ops.beginPlane(target, strideOf(packing, node), grid.zeros, target, rows);
      terms = 0;
    }
    const weight = Math.fround((weights[c] as number) * scale);
    ops.planeTerm(weight, address[source] as number, strideOf(packing, source));
    terms++;
  }
  ops.endPlane(activation);
  freeRowsOf(packing, i);
}

/** Rows that nothing reads any more go to later nodes, so that what is in use stays in the first-level cache. */
function freeRowsOf({ expressed, on, lastUse, address, freeRows }: Packing, i: number): void {
  const { start, sources } = expressed;
  for (let c = start[i] as number; c < (start[i + 1] as number); c++) {
    const source = sources[c] as number;
    if (source < INPUTS.length || lastUse[source] !== INPUTS.length + i) continue;
    if (!isLine(on[source] as number)) freeRows.push(address[source] as number);
  }
}

/** Rows of an output; one that is a line is put on the plane. */
function packOutput(packing: Packing, output: number): PairRows {
  const { grid, arena, ops, rowBytes, on, address } = packing;
  const set = on[output] as number;
  if (!isLine(set)) return { address: address[output] as number, stride: strideOf(packing, output) };
  const side = set === X ? X : Y;
  const length = side === X ? grid.columns : grid.rows;
  const line = arena.take(length * 4);
  ops.beginLine(PART, length, line);
  lineTerm(packing, output, 1);
  const target = arena.take(2 * rowBytes);
  ops.beginPlane(side === X ? line : 0, 0, side === X ? grid.zeros : line, target, 2);
  ops.endPlane(SUM);
  return { address: target, stride: rowBytes };
}

function dependsOnY(set: number): boolean {
  return (set & Y) !== 0;
}

function isLine(set: number): boolean {
  return set <= Y;
}

/** Whether a value counts to the part of a column (X) or of a row (Y, constants too). */
function isAlong(side: typeof X | typeof Y, set: number): boolean {
  return set === side || (side === Y && set === 0);
}
