/**
 * A fully connected CPPN of fixed shape: hidden layers of one width from coordinates to colour, of which only the
 * weights are inherited. It draws the same picture at any size, and on any canvas.
 *
 * Units of every hidden layer see the inputs and all units of the layer before; so do the outputs.
 */
export interface DenseGenome {
  readonly encoding: 'dense';
  /** 1 (grey) or 3 (red, green, blue). */
  readonly channels: 1 | 3;
  /** Hidden layers, 1 or more, and units of each, a multiple of 4: up to {@link DENSE_LIMITS}. */
  readonly layers: number;
  readonly width: number;
  /**
   * Half floats, −{@link WEIGHT_RANGE} … WEIGHT_RANGE: layer by layer, the outputs last; in a layer unit by unit; of a
   * unit first those of the inputs in the order of {@link INPUTS}, then those of the layer before, if there is one.
   */
  readonly weights: Uint16Array;
}

/** x and y run from −1 to 1 over a picture (see {@link coordinateOf}); r = √(x² + y²); bias: 1. */
export const INPUTS = ['x', 'y', 'r', 'bias'] as const;

/** Activations of a hidden layer, a quarter of its units each, in this order: sin z · e^(−z²) · tanh z · cos z. */
export const ACTIVATIONS = ['sine', 'gaussian', 'tanh', 'cosine'] as const;

/** What a genome from outside may not exceed. */
export const DENSE_LIMITS = { layers: 8, width: 64 } as const;

/** Three times as far as a random weight goes, as good as ever; a half float there is exact to 1/32. */
export const WEIGHT_RANGE = 64;

/** What a genome's weights are laid out by. */
export type DenseShape = Pick<DenseGenome, 'channels' | 'layers' | 'width'>;

/** A layer of units: a hidden one, or the outputs. */
export interface Layer {
  readonly kind: 'hidden' | 'output';
  /** Units, and the weights of each. */
  readonly units: number;
  readonly fanIn: number;
  /** Where its weights begin: units · fanIn of them. */
  readonly first: number;
}

/** All layers, the outputs last. */
export function layersOf({ channels, layers, width }: DenseShape): readonly Layer[] {
  let first = 0;
  return Array.from({ length: layers + 1 }, (_, l): Layer => {
    const kind = l < layers ? 'hidden' : 'output';
    const units = kind === 'hidden' ? width : channels;
    const fanIn = INPUTS.length + (l > 0 ? width : 0);
    const layer: Layer = { kind, units, fanIn, first };
    first += units * fanIn;
    return layer;
  });
}

/** Weights of a genome of this shape. */
export function weightCount({ channels, layers, width }: DenseShape): number {
  const inputs = INPUTS.length;
  return width * inputs + (layers - 1) * width * (inputs + width) + channels * (inputs + width);
}

/** The index into {@link ACTIVATIONS} of a unit of a hidden layer of so many. */
export function activationOf(unit: number, width: number): number {
  return Math.floor((unit * ACTIVATIONS.length) / width);
}

/** x of pixel i of n: the middle of the i-th of n equal parts of −1 … 1. */
export function coordinateOf(i: number, n: number): number {
  return (2 * i + 1 - n) / n;
}
