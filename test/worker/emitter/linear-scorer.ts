import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import { DENSE } from '../../../protocol/encodings/dense/dense.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { fillSpec } from '../../../protocol/spec/fill-spec.js';
import type { RunSpec, RunSpecInput } from '../../../protocol/spec/run-spec.js';
import { parameterCount } from '../../../worker/emitter/parameters.js';
import type { Scorer } from '../../../worker/scorer.js';

export const CLASSES = 10;

/** A run of small dense genomes: 32 weights. */
export function denseSpec(input: RunSpecInput = {}): RunSpec {
  return fillSpec(
    {
      ...input,
      encoding: 'dense',
      name: 'linear',
      seed: input.seed ?? 1,
      model: 'linear',
      evolution: { initial: 20, generation: 20, layers: { count: 1, width: 4 }, ...input.evolution },
    },
    { digest: 'ab'.repeat(32), classes: CLASSES, side: 8, channels: 1, batch: input.batch ?? 1 },
  );
}

/** What is asked of a scorer. */
export interface Asked {
  /** Genomes that were scored, and those of them with a gradient. */
  genomes: number;
  gradients: number;
}

/**
 * A scorer that draws nothing and can be seen through: the logits are a linear function of the weights, with entries from
 * N(0, 1) / 4, so that the gradient of −log p is Aᵀ(p − one-hot).
 */
export function linearScorer(spec: RunSpec): Scorer & { readonly asked: Asked } {
  const random = randomFrom(99, 'linear');
  const count = parameterCount(spec);
  const matrix = Array.from({ length: CLASSES }, () =>
    Float64Array.from({ length: count }, () => standardNormal(random) / 4),
  );
  const asked: Asked = { genomes: 0, gradients: 0 };

  function confidencesOf(genome: Genome): Float32Array {
    const weights = weightsOf(genome);
    const logits = matrix.map((row) => row.reduce((sum, a, i) => sum + a * (weights[i] as number), 0));
    const exponents = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
    const total = exponents.reduce((sum, value) => sum + value, 0);
    return Float32Array.from(exponents, (value) => value / total);
  }

  function scoreAll(genomes: readonly Genome[]): Float32Array {
    asked.genomes += genomes.length;
    const rows = new Float32Array(genomes.length * CLASSES);
    for (const [i, genome] of genomes.entries()) rows.set(confidencesOf(genome), i * CLASSES);
    return rows;
  }

  return {
    classes: CLASSES,
    asked,
    spent: { render: 0, classify: 0 },
    score: async (genomes) => scoreAll(genomes),
    async gradient(genomes, classIds) {
      asked.gradients += genomes.length;
      const confidences = scoreAll(genomes);
      const gradients = genomes.map((_, g) => {
        const gradient = new Float32Array(count);
        for (const [c, row] of matrix.entries()) {
          const error = (confidences[g * CLASSES + c] as number) - (c === classIds[g] ? 1 : 0);
          for (let i = 0; i < count; i++) gradient[i] = (gradient[i] as number) + error * (row[i] as number);
        }
        return gradient;
      });
      return { confidences, gradients };
    },
  };
}

function parametersOfDense() {
  const { parameters } = DENSE;
  if (parameters === undefined) throw new Error('dense genomes have parameters');
  return parameters;
}

export function weightsOf(genome: Genome): Float32Array {
  if (genome.encoding !== 'dense') throw new Error('expected a dense genome');
  return parametersOfDense().read(genome);
}
