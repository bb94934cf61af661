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
  readonly outputs: readonly Row[];
}

/** Where the kernel finds a pair's first row, and how far the second is from it (0: both are the same). */
interface Row {
  readonly address: number;
  readonly stride: number;
}

/**
 * What a node's sum is multiplied by: folded into its weights, so that no pixel pays for it (kernel/activation.ts).
 * In the order of ACTIVATIONS.
 */
export const ARGUMENT_SCALES: readonly number[] = [1 / Math.PI, Math.LOG2E, Math.sqrt(Math.LOG2E), 1 / 3];

/** What a value depends on, as a set; a set of at most one of X and Y is a line. */
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
  const freeRows: number[] = [];
  const dependsOnY = (node: number) => ((on[node] as number) & Y) !== 0;
  const strideOf = (node: number) => (dependsOnY(node) ? rowBytes : 0);

  function lineTerm(source: number, weight: number): void {
    ops.lineTerm(weight, address[source] as number, on[source] === 0 ? 0 : 16);
  }

  /** The sum of the terms that lie along one side, as floats; 0 where there are none. */
  function part(i: number, code: number, scale: number, side: typeof X | typeof Y): number {
    const length = side === X ? grid.columns : grid.rows;
    let target = 0;
    for (let c = start[i] as number; c < (start[i + 1] as number); c++) {
      const source = sources[c] as number;
      if (!isAlong(side, on[source] as number)) continue;
      if (target === 0) {
        target = arena.take(length * 4);
        ops.beginLine(code, length, target);
      }
      lineTerm(source, (weights[c] as number) * scale);
    }
    return target;
  }

  function packLine(i: number, activation: number, scale: number): void {
    const set = on[inputs + i] as number;
    const length = set === 0 ? 4 : set === X ? grid.columns : grid.rows;
    const target = arena.take(length * 8);
    address[inputs + i] = target;
    ops.beginLine(activation, length, target);
    for (let c = start[i] as number; c < (start[i + 1] as number); c++) {
      lineTerm(sources[c] as number, (weights[c] as number) * scale);
    }
  }

  function packPlane(i: number, activation: number, scale: number): void {
    const node = inputs + i;
    const first = start[i] as number;
    const end = start[i + 1] as number;
    const code = activation === SINE ? PART_OF_SINE : PART;
    const columnPart = part(i, code, scale, X);
    const rowPart = part(i, code, scale, Y);
    const target = freeRows.pop() ?? arena.take(2 * rowBytes);
    const rows = dependsOnY(node) ? 2 : 1;
    address[node] = target;
    ops.beginPlane(columnPart, 0, rowPart === 0 ? grid.zeros : rowPart, target, rows);
    let terms = 0;
    for (let c = first; c < end; c++) {
      const source = sources[c] as number;
      if (isLine(on[source] as number)) continue;
      if (terms === MOST_INPUTS) {
        ops.endPlane(SUM);
        ops.beginPlane(target, strideOf(node), grid.zeros, target, rows);
        terms = 0;
      }
      ops.planeTerm(Math.fround((weights[c] as number) * scale), address[source] as number, strideOf(source));
      terms++;
    }
    ops.endPlane(activation);
    // Rows that nothing reads any more go to later nodes, so that what is in use stays in the first-level cache.
    for (let c = first; c < end; c++) {
      const source = sources[c] as number;
      if (source >= inputs && lastUse[source] === node && !isLine(on[source] as number)) {
        freeRows.push(address[source] as number);
      }
    }
  }

  function packOutput(output: number): Row {
    const set = on[output] as number;
    if (!isLine(set)) return { address: address[output] as number, stride: strideOf(output) };
    const side = set === X ? X : Y;
    const length = side === X ? grid.columns : grid.rows;
    const line = arena.take(length * 4);
    ops.beginLine(PART, length, line);
    lineTerm(output, 1);
    const target = arena.take(2 * rowBytes);
    ops.beginPlane(side === X ? line : 0, 0, side === X ? grid.zeros : line, target, 2);
    ops.endPlane(SUM);
    return { address: target, stride: rowBytes };
  }

  for (let i = 0; i < nodes; i++) {
    const activation = activations[i] as number;
    const scale = ARGUMENT_SCALES[activation] as number;
    if (isLine(on[inputs + i] as number)) packLine(i, activation, scale);
    else packPlane(i, activation, scale);
  }
  return { ops, d: address[INPUT_D] as number, outputs: Array.from(outputs, packOutput) };
}

function isLine(set: number): boolean {
  return set <= Y;
}

/** Whether a value counts to the part of a column (X) or of a row (Y, constants too). */
function isAlong(side: typeof X | typeof Y, set: number): boolean {
  return set === side || (side === Y && set === 0);
}
