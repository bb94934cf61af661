import { express, sameExpression } from '../../protocol/genome/express.js';
import type { Genome } from '../../protocol/genome/genome.js';
import type { RandomStream } from '../../protocol/random.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { createGenePool } from '../variation/gene-pool.js';
import { mutateGenome, randomGenome } from '../variation/variation.js';
import type { Emitter, Offspring } from './emitter.js';
import { drawParent, type ParentPool } from './selection.js';

export interface MutationEmitterParts {
  readonly archive: ParentPool;
  readonly spec: Pick<RunSpec, 'encoding' | 'canvas' | 'channels' | 'evolution'>;
  readonly random: RandomStream;
  /** Generations done, from 0. */
  readonly generation: () => number;
  /** Genomes asked for before, since the island was founded: evaluations done, and those under way. */
  readonly evaluations: () => number;
}

/** An emitter that counts what it did not emit. */
export interface MutationEmitter extends Emitter {
  /** Offspring discarded since it was made, for they would have drawn the very image of their parent. */
  readonly neutral: number;
}

/** Dead children whose memory is kept for the next: a few batches of them. */
const POOL = 32;

/** After so many neutral offspring in a row the next is emitted as it is: with rates of 0 there is no other. */
const MAX_TRIES = 64;

/**
 * The paper's emitter: `evolution.initial` random genomes, then mutated elites, chosen as `evolution.parents` says.
 * While the archive is empty it goes on with random genomes.
 * It keeps no state: what it emits depends on its parts alone, so that an island restored from its
 * elites, counters and random state goes on as if it had never stopped.
 */
export function createMutationEmitter(parts: MutationEmitterParts): MutationEmitter {
  const { archive, spec, random, generation, evaluations } = parts;
  const { initial, parents, skipNeutral, mutation } = spec.evolution;
  const pool = createGenePool(POOL);
  let neutral = 0;

  const drawElite = () => drawParent(archive, parents, random);

  function childOf(parent: Genome): Genome {
    const mate =
      parent.encoding === 'direct' && random.chance(mutation.crossover)
        ? drawElite().candidate.genome
        : undefined;
    const mutate = () => mutateGenome(parent, mutation, generation(), random, { mate, pool });
    let child = mutate();
    if (!skipNeutral || parent.encoding !== 'cppn') return child;
    const expressed = express(parent);
    for (let tries = 1; tries < MAX_TRIES; tries++) {
      if (child.encoding !== 'cppn' || !sameExpression(expressed, express(child))) break;
      neutral++;
      child = mutate();
    }
    return child;
  }

  function offspring(): Offspring {
    if (archive.filled === 0) return { genome: randomGenome(spec, random) };
    const parent = drawElite();
    return { genome: childOf(parent.candidate.genome), parent };
  }

  return {
    get neutral() {
      return neutral;
    },
    ask(n) {
      const asked = evaluations();
      return Array.from({ length: n }, (_, i) =>
        asked + i < initial ? { genome: randomGenome(spec, random) } : offspring(),
      );
    },
    // The archive has learnt already; parents are drawn from it. Who won no cell is forgotten by everyone.
    tell(outcomes) {
      for (const { offspring, status } of outcomes) {
        if (status === 'kept' && offspring.genome.encoding === 'direct')
          pool.giveBack(offspring.genome.genes);
      }
    },
  };
}
