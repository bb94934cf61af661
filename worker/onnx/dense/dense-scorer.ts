import { type DenseShape, weightCount } from '../../../protocol/encodings/dense/genome.js';
import { DENSE_PARAMETERS } from '../../../protocol/encodings/dense/parameters.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';
import type { Classifier, DenseClassifier } from '../../classifier/classifier.js';
import type { Scorer } from '../../scorer.js';

/**
 * A scorer of dense genomes of one shape that the engine draws, in front of the network: weights go in, and no pixel crosses.
 * The pictures are those of a single view, at the network's own size. Its gradients are by the weights. The engine opens at
 * the first call, and closes with the classifier. Throws a RangeError where the engine cannot draw.
 */
export function createDenseScorer(parts: {
  readonly classifier: Classifier;
  readonly shape: DenseShape;
  /** Seconds, monotone; only measures. */
  readonly clock?: () => number;
}): Scorer & Required<Pick<Scorer, 'gradient'>> {
  const { classifier, shape, clock = () => 0 } = parts;
  const { openDense } = classifier;
  if (openDense === undefined) throw new RangeError(`the engine ${classifier.engine} draws no dense genomes`);
  const count = weightCount(shape);
  const spent = { render: 0, classify: 0 };
  let opened: Promise<DenseClassifier> | undefined;

  async function timed<T>(
    genomes: readonly Genome[],
    run: (engine: DenseClassifier, weights: Float32Array) => Promise<T>,
  ) {
    opened ??= openDense?.(shape);
    const engine = await opened;
    if (engine === undefined) throw new RangeError('the engine has not opened');
    const began = clock();
    const weights = new Float32Array(genomes.length * count);
    genomes.forEach((genome, i) => {
      weights.set(weightsOf(genome, count), i * count);
    });
    const result = await run(engine, weights);
    spent.classify += clock() - began;
    return result;
  }

  return {
    classes: classifier.classes,
    spent,
    score: (genomes) => timed(genomes, (engine, weights) => engine.classify(weights, genomes.length)),
    gradient: (genomes, classIds) =>
      timed(genomes, async (engine, weights) => {
        const { confidences, gradient } = await engine.gradient(weights, genomes.length, classIds);
        const gradients = genomes.map((_, i) => gradient.slice(i * count, (i + 1) * count));
        return { confidences, gradients };
      }),
  };
}

function weightsOf(genome: Genome, count: number): Float32Array {
  if (genome.encoding !== 'dense' || genome.weights.length !== count) {
    throw new RangeError(
      `expected a dense genome of ${count} weights, got one of the encoding ${genome.encoding}`,
    );
  }
  return DENSE_PARAMETERS.read(genome);
}

/** The shape of a run's genomes where the engine can draw them: dense ones, in a single view; else undefined. */
export function drawnByEngine(
  { encoding, views, channels, evolution }: Pick<RunSpec, 'encoding' | 'views' | 'channels' | 'evolution'>,
  { openDense }: Classifier,
): DenseShape | undefined {
  if (encoding !== 'dense' || views !== 'single' || openDense === undefined) return undefined;
  const { count, width } = evolution.layers;
  return { channels, layers: count, width };
}
