/** One layer of a network that is trained here; a rectifier follows every convolution and dense layer but the last. */
export type Layer =
  /**
   * `channels` filters of `side` × `side`; padding `same` adds (side − 1) / 2 zeros on each side, `valid` adds nothing.
   * A stride other than 1 (the default) is for the first layer alone.
   */
  | {
      readonly kind: 'convolution';
      readonly channels: number;
      readonly side: number;
      readonly padding: 'same' | 'valid';
      readonly stride?: number;
    }
  /** The greatest of each 2 × 2 values; a last odd row or column is left out. */
  | { readonly kind: 'pool' }
  /** The mean of each channel over the whole plane. */
  | { readonly kind: 'mean' }
  | { readonly kind: 'fully-connected'; readonly units: number };

/** A network: what goes in, its layers, and what comes out, one logit for each class. */
export interface NetworkPlan {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: RGB. */
  readonly channels: number;
  /** Without the last layer, a dense one of `classes` units. */
  readonly layers: readonly Layer[];
  readonly classes: number;
  /**
   * Whether the filters of convolutions are standardised (Brock, De and Smith 2021, "Characterizing signal propagation to
   * close the performance gap in unnormalized ResNets"): deep networks train as with batch normalisation, but no image
   * of a batch depends on the others, and it costs next to nothing.
   */
  readonly standardised: boolean;
}

/** One tensor of weights. */
export interface WeightShape {
  readonly name: string;
  readonly dims: readonly number[];
  /** Values that come into one output: He's initial weights depend on it. 0: no such weight (a bias, a scale). */
  readonly fanIn: number;
  /** What all values start with where `fanIn` is 0. */
  readonly start: number;
}

/** A layer that has its place: what shape it takes and gives, [channels, height, width], or [units]. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly name: string;
  readonly takes: readonly [number, number, number];
  readonly gives: readonly [number, number, number];
  /** Of the layers that have weights: names without the suffix, e.g. `layer3`. */
  readonly weights: readonly WeightShape[];
}

/**
 * The layers of a plan, the last dense one with them, each with its shapes. Throws a RangeError where an image becomes
 * smaller than one pixel.
 */
export function placedLayers(plan: NetworkPlan): readonly PlacedLayer[] {
  const last: Layer = { kind: 'fully-connected', units: plan.classes };
  let takes: readonly [number, number, number] = [plan.channels, plan.height, plan.width];
  return [...plan.layers, last].map((layer, i) => {
    const name = `layer${i}`;
    const gives = outputShape(layer, takes);
    if (gives.some((size) => size < 1)) {
      throw new RangeError(`layer ${i} (${layer.kind}) leaves nothing of ${takes[2]} × ${takes[1]} values`);
    }
    const placed = { layer, name, takes, gives, weights: weightsOf(layer, name, takes, plan.standardised) };
    takes = gives;
    return placed;
  });
}

/** Every tensor of weights, in the order in which a {@link PlacedLayer} has them. */
export function weightShapes(plan: NetworkPlan): readonly WeightShape[] {
  return placedLayers(plan).flatMap(({ weights }) => weights);
}

function outputShape(
  layer: Layer,
  [channels, height, width]: readonly [number, number, number],
): [number, number, number] {
  switch (layer.kind) {
    case 'convolution': {
      const less = layer.padding === 'same' ? 1 : layer.side;
      const along = (size: number) => Math.floor((size - less) / (layer.stride ?? 1)) + 1;
      return [layer.channels, along(height), along(width)];
    }
    case 'pool':
      return [channels, Math.floor(height / 2), Math.floor(width / 2)];
    case 'mean':
      return [channels, 1, 1];
    case 'fully-connected':
      return [layer.units, 1, 1];
  }
}

function weightsOf(
  layer: Layer,
  name: string,
  [channels, height, width]: readonly [number, number, number],
  standardised: boolean,
): readonly WeightShape[] {
  if (layer.kind === 'convolution') {
    const fanIn = layer.side * layer.side * channels;
    const matrix = { name: `${name}.weights`, dims: [layer.channels, fanIn], fanIn, start: 0 };
    const shift = { name: `${name}.shift`, dims: [layer.channels, 1], fanIn: 0, start: 0 };
    const scale = { name: `${name}.scale`, dims: [layer.channels, 1], fanIn: 0, start: 1 };
    return standardised ? [matrix, scale, shift] : [matrix, shift];
  }
  if (layer.kind === 'fully-connected') {
    const fanIn = channels * height * width;
    return [
      { name: `${name}.weights`, dims: [layer.units, fanIn], fanIn, start: 0 },
      { name: `${name}.shift`, dims: [layer.units, 1], fanIn: 0, start: 0 },
    ];
  }
  return [];
}

/**
 * LeNet-5's plan (LeCun et al. 1998) with rectifiers and max-pooling: convolution 5 × 5 × 8, pool, convolution
 * 5 × 5 × 24, pool, dense 128. For images from 16 × 16.
 */
export function lenet(width: number, height: number, channels: number, classes: number): NetworkPlan {
  const convolution = { kind: 'convolution', side: 5, padding: 'valid' } as const;
  return {
    width,
    height,
    channels,
    classes,
    standardised: false,
    layers: [
      { ...convolution, channels: 8 },
      { kind: 'pool' },
      { ...convolution, channels: 24 },
      { kind: 'pool' },
      { kind: 'fully-connected', units: 128 },
    ],
  };
}

/**
 * A deeper network, with standardised filters, for up to a thousand classes: about 650,000 weights and 256 more for each
 * class, 13 million products an image of 48 × 48. For images from 16 × 16.
 */
export function convnet(width: number, height: number, channels: number, classes: number): NetworkPlan {
  const convolution = { kind: 'convolution', side: 3, padding: 'same' } as const;
  const pool = { kind: 'pool' } as const;
  return {
    width,
    height,
    channels,
    classes,
    standardised: true,
    layers: [
      { ...convolution, side: 5, channels: 24, stride: 2 },
      pool,
      { ...convolution, channels: 64 },
      pool,
      { ...convolution, channels: 128 },
      { ...convolution, channels: 160 },
      pool,
      { ...convolution, channels: 256 },
      { kind: 'mean' },
    ],
  };
}

export const NETWORK_NAMES = ['lenet', 'convnet'] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];
export const NETWORKS = { lenet, convnet } as const satisfies Record<NetworkName, typeof lenet>;
/** The least width and height of an image for either. */
export const LEAST_SIDE = 16;
