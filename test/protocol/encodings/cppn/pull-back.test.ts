import type { RandomStream } from '../../../../protocol/base/random.js';
import { CPPN } from '../../../../protocol/encodings/cppn/cppn.js';
import { type CppnGenome, INPUTS } from '../../../../protocol/encodings/cppn/genome.js';
import { CPPN_PARAMETERS } from '../../../../protocol/encodings/cppn/parameters.js';
import { DEFAULT_LAYERS } from '../../../../protocol/encodings/layers-spec.js';
import { anyCppn } from '../../drawing/genomes.js';
import { coordinate } from '../../drawing/oracle.js';
import { smoothRgbOf } from '../../drawing/smooth-colour.js';
import { describePullBack, type PullBackCase } from '../pull-back-conformance.js';
import { evaluate, walkedCppn } from './samples.js';

const CANVAS = 12;

/**
 * The weights that parameters stand for, by their definition: those of x and y count for half a canvas, and a node's bias is
 * what its coordinates and its bias come to in the middle.
 */
function weightsOf({ canvas, sources, targets }: CppnGenome, parameters: Float64Array): number[] {
  const weights = Array.from(parameters, (value, c) =>
    (sources[c] ?? 0) < 2 ? value / (canvas / 2) : value,
  );
  return weights.map((weight, c) => {
    if (INPUTS[sources[c] ?? 0] !== 'bias') return weight;
    const turns = weights.filter((_, k) => targets[k] === targets[c] && (sources[k] ?? 0) < 2);
    return weight - ((canvas - 1) / 2) * turns.reduce((sum, turn) => sum + turn, 0);
  });
}

function smooth(genome: CppnGenome, values: Float64Array, width: number, height: number): Float64Array {
  const { canvas, outputs } = genome;
  const weights = weightsOf(genome, values);
  const centred = (i: number, n: number) =>
    canvas === 1 ? 0 : ((2 * i + 1 - n) * canvas) / (n * (canvas - 1));
  const planes = new Float64Array(outputs * width * height);
  for (let at = 0; at < width * height; at++) {
    const [column, row] = [at % width, Math.floor(at / width)];
    const d = Math.hypot(centred(column, width), centred(row, height));
    const inputs = [coordinate(column, width, canvas), coordinate(row, height, canvas), d, 1];
    const bytes = evaluate({ ...genome, weights }, inputs).map((value) => 255 * Math.abs(value));
    const shown = outputs === 1 ? bytes : smoothRgbOf(...(bytes as [number, number, number]));
    shown.forEach((byte, plane) => {
      planes[plane * width * height + at] = byte;
    });
  }
  return planes;
}

/** Whether a picture of one pixel changes with any parameter: else there is no difference to compare with. */
function isLively(genome: CppnGenome): boolean {
  const values = Float64Array.from(CPPN_PARAMETERS.read(genome));
  const before = smooth(genome, values, 1, 1);
  return values.some((value, c) => {
    const after = smooth(genome, values.with(c, value + 0.01), 1, 1);
    return after.some((byte, at) => Math.abs(byte - (before[at] ?? 0)) > 0.01);
  });
}

/** Genomes of a maker, with weights so small that hardly a pixel lies at a limit. */
function gentle(make: (random: RandomStream) => CppnGenome): (random: RandomStream) => CppnGenome {
  return (random) => {
    for (;;) {
      const genome = make(random);
      const weights = genome.weights.map((weight) => weight / 5);
      const gentler = { ...genome, canvas: CANVAS, weights };
      if (isLively(gentler)) return gentler;
    }
  };
}

const CASES = ([1, 3] as const).flatMap((channels): PullBackCase<CppnGenome>[] => {
  const run = { canvas: CANVAS, channels, layers: DEFAULT_LAYERS };
  const makers = [
    (random: RandomStream) => walkedCppn(0, random.below(40), channels, random),
    (random: RandomStream) => anyCppn(random, { canvas: CANVAS, outputs: channels, hidden: 10, density: 3 }),
  ];
  return makers.map((make) => ({ run, smooth, genome: gentle(make) }));
});

describePullBack('cppn', CPPN, CASES);
