import type { Arena } from '../../drawing/painting/arena.js';
import { numberOf } from '../operators/half.js';
import { ACTIVATIONS, activationOf, type DenseGenome, INPUTS, type Layer, layersOf } from './genome.js';

/** A genome's weights in the kernel's memory, as kernel/dense.ts reads them. */
export interface PackedWeights {
  readonly weights: number;
  readonly biases: number;
  readonly ofY: number;
  /** Room for a float a unit. */
  readonly bases: number;
}

/**
 * What a unit's weights are multiplied by, so that its sum comes as kernel/activation.ts takes it: in half-turns (sine,
 * cosine), in √octaves (gaussian), in octaves of e^(−2z) (tanh) or e^(−z) (outputs). In the order of ACTIVATIONS.
 */
const SCALES = [1 / Math.PI, Math.sqrt(Math.LOG2E), 2 * Math.LOG2E, 1 / Math.PI] as const;
const OUTPUT_SCALE = Math.LOG2E;

/** A cosine is a sine half a half-turn on. */
const COSINE = ACTIVATIONS.indexOf('cosine');

const [X, Y, R, BIAS] = [0, 1, 2, 3];

/** Scales all weights, rounds them to single precision, and lays them out for two units at a time. */
export function packWeights(genome: DenseGenome, arena: Arena): PackedWeights {
  const layers = layersOf(genome);
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  const unitBytes = Math.ceil((units + 1) / 4) * 4 * 4;
  const packed: PackedWeights = {
    // Fewer than in the genome, and room for one output that is not there.
    weights: arena.take((genome.weights.length + INPUTS.length + genome.width) * 4),
    biases: arena.take(unitBytes),
    ofY: arena.take(unitBytes),
    bases: arena.take(unitBytes),
  };
  const { f32 } = arena;
  let [pair, unit] = [packed.weights / 4, 0];
  for (const layer of layers) {
    for (let u = 0; u < layer.units; u++, unit++) {
      const at = layer.first + u * layer.fanIn;
      const { scale, shift } = scaleOf(layer, u, genome.width);
      const scaled = (input: number) => scale * numberOf(genome.weights[at + input] as number);
      f32[packed.biases / 4 + unit] = scaled(BIAS) + shift;
      f32[packed.ofY / 4 + unit] = scaled(Y);
      const mine = pair + (u % 2);
      f32[mine] = scaled(X);
      f32[mine + 2] = scaled(R);
      for (let k = INPUTS.length; k < layer.fanIn; k++) f32[mine + 2 * (k - 2)] = scaled(k);
      if (u % 2 === 1) pair += 2 * (layer.fanIn - 2);
    }
  }
  return packed;
}

function scaleOf({ kind }: Layer, unit: number, width: number): { scale: number; shift: number } {
  if (kind === 'output') return { scale: OUTPUT_SCALE, shift: 0 };
  const activation = activationOf(unit, width);
  return { scale: SCALES[activation] as number, shift: activation === COSINE ? 0.5 : 0 };
}
