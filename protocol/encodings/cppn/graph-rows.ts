import type { ExpressedCppn } from './express.js';
import { INPUTS } from './genome.js';
import { activateWithSlopes } from './slopes.js';

/** The values of a node along a row, and what is collected for it on the way back. Each array has `length` numbers. */
export interface NodeRow {
  /** The columns of a row, or 1 where all of them are the same. */
  readonly length: number;
  /** Whether all rows are the same. */
  readonly steady: boolean;
  readonly values: Float64Array;
  /** The derivative of each value by its sum. */
  readonly slopes: Float64Array;
  /** The derivative of a number by each value; of a steady node summed over all rows so far. */
  readonly adjoints: Float64Array;
}

/** Coordinates of the samples of a picture on a canvas, as {@link INPUTS} has them. */
export interface Coordinates {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Squares of the coordinates centred on −1 … 1: d² = squaresX + squaresY. */
  readonly squaresX: Float64Array;
  readonly squaresY: Float64Array;
}

/**
 * A CPPN evaluated row by row, and back: reverse-mode differentiation (Griewank and Walther 2008, chapter 3). What is the
 * same in all columns or in all rows is evaluated once.
 */
export interface GraphRows {
  /** Of each output, in their order. */
  readonly outputs: readonly NodeRow[];
  /** Evaluates a row; `adjoints` of what differs between rows are 0 again. */
  forward(row: number): void;
  /** From the adjoints of the outputs to the weights: for each row, after {@link forward} and before the next. */
  backward(): void;
  /** After all rows: derivatives by the weights of the expressed connections. */
  finish(): Float64Array;
}

const X = INPUTS.indexOf('x');
const Y = INPUTS.indexOf('y');
const D = INPUTS.indexOf('d');

export function createGraphRows(expressed: ExpressedCppn, coordinates: Coordinates): GraphRows {
  const { activations, start, sources, weights, outputs } = expressed;
  const { x, y, squaresX, squaresY } = coordinates;
  const nodes = layOut(expressed, x.length);
  const node = (n: number) => nodes[n] as NodeRow;
  const byWeight = new Float64Array(weights.length);
  const first = INPUTS.length;
  const last = nodes.length - 1;
  node(X).values.set(x);
  node(INPUTS.indexOf('bias')).values.fill(1);

  function evaluate(n: number): void {
    const { values, slopes, length } = node(n);
    const [from, to] = [start[n - first] as number, start[n - first + 1] as number];
    let constant = 0;
    for (let c = from; c < to; c++) {
      const source = node(sources[c] as number);
      if (source.length < length || length === 1)
        constant += (weights[c] as number) * (source.values[0] as number);
    }
    values.fill(constant);
    if (length > 1) {
      for (let c = from; c < to; c++) {
        const source = node(sources[c] as number);
        if (source.length === length) addScaled(values, weights[c] as number, source.values);
      }
    }
    activateWithSlopes(activations[n - first] as number, values, slopes);
  }

  function trace(n: number): void {
    const { length, slopes, adjoints } = node(n);
    let total = 0;
    for (let j = 0; j < length; j++) {
      const bySum = (adjoints[j] as number) * (slopes[j] as number);
      adjoints[j] = bySum;
      total += bySum;
    }
    for (let c = start[n - first] as number; c < (start[n - first + 1] as number); c++) {
      const source = node(sources[c] as number);
      const weight = weights[c] as number;
      if (source.length === length && length > 1) {
        byWeight[c] = (byWeight[c] as number) + traceAlong(source, weight, adjoints);
      } else {
        byWeight[c] = (byWeight[c] as number) + total * (source.values[0] as number);
        source.adjoints[0] = (source.adjoints[0] as number) + weight * total;
      }
    }
  }

  for (let n = first; n <= last; n++) if (node(n).steady) evaluate(n);
  return {
    outputs: Array.from(outputs, node),
    forward(row) {
      node(Y).values[0] = y[row] as number;
      const square = squaresY[row] as number;
      const distances = node(D).values;
      for (let j = 0; j < distances.length; j++) distances[j] = Math.sqrt((squaresX[j] as number) + square);
      for (let n = first; n <= last; n++) {
        if (node(n).steady) continue;
        node(n).adjoints.fill(0);
        evaluate(n);
      }
    },
    backward() {
      for (let n = last; n >= first; n--) if (!node(n).steady) trace(n);
    },
    finish() {
      for (let n = last; n >= first; n--) if (node(n).steady) trace(n);
      return byWeight;
    },
  };
}

/** Nodes numbered as in {@link ExpressedCppn}, inputs included. */
function layOut({ activations, start, sources }: ExpressedCppn, columns: number): NodeRow[] {
  const rowOf = (alongX: boolean, alongY: boolean): NodeRow => {
    const length = alongX ? columns : 1;
    const [values, slopes, adjoints] = [0, 1, 2].map(() => new Float64Array(length)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return { length, steady: !alongY, values, slopes, adjoints };
  };
  const nodes = INPUTS.map((name) => rowOf(name === 'x' || name === 'd', name === 'y' || name === 'd'));
  for (let i = 0; i < activations.length; i++) {
    const fed = Array.from(sources.subarray(start[i], start[i + 1]), (source) => nodes[source] as NodeRow);
    const alongX = fed.some(({ length }) => length > 1);
    nodes.push(
      rowOf(
        alongX,
        fed.some(({ steady }) => !steady),
      ),
    );
  }
  return nodes;
}

function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let j = 0; j < to.length; j++) to[j] = (to[j] as number) + factor * (from[j] as number);
}

/** Adds weight · bySum to the adjoints of a source, and gives Σ bySum · value: what the weight counts for. */
function traceAlong({ values, adjoints }: NodeRow, weight: number, bySum: Float64Array): number {
  let byWeight = 0;
  for (let j = 0; j < bySum.length; j++) {
    const slope = bySum[j] as number;
    byWeight += slope * (values[j] as number);
    adjoints[j] = (adjoints[j] as number) + weight * slope;
  }
  return byWeight;
}
