/**
 * A compositional pattern-producing network: a feed-forward graph from pixel coordinates to colour
 * (Nguyen, Yosinski, Clune 2015; no speciation, no crossover).
 *
 * Nodes are numbered: inputs 0 … 3, then the outputs, then hidden nodes.
 */
export interface CppnGenome {
  readonly encoding: 'cppn';
  /** Side of the canonical grid: inputs x and y are pixel indices 0 … canvas−1 on it, whatever the size drawn. */
  readonly canvas: number;
  /** 1 (grey) or 3 (hue, lightness, saturation). */
  readonly outputs: 1 | 3;
  /** Index into {@link ACTIVATIONS} for each node that is not an input: node `INPUTS.length + i` has `activations[i]`. */
  readonly activations: Uint8Array;
  /** Connections, sorted by (target, source), none twice; the three arrays run in parallel. */
  readonly sources: Uint16Array;
  readonly targets: Uint16Array;
  /** −10 … 10. */
  readonly weights: Float32Array;
}

/** x, y: pixel index; d: distance from the centre, in coordinates −1 … 1; bias: 1. */
export const INPUTS = ['x', 'y', 'd', 'bias'] as const;

/** sin p · 2/(1+e^−p)−1 · e^(−p²) · clamp(p, −3, 3)/3 */
export const ACTIVATIONS = ['sine', 'sigmoid', 'gaussian', 'linear'] as const;

/** Weights lie in −WEIGHT_RANGE … WEIGHT_RANGE. */
export const WEIGHT_RANGE = 10;

/** What a genome from outside may not exceed. */
export const CPPN_LIMITS = { nodes: 1024, connections: 8192, canvas: 4096 } as const;
