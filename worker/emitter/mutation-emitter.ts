import { express, sameExpression } from '../../protocol/encodings/cppn/express.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { createGenePool } from '../../protocol/encodings/operators/gene-pool.js';
import { mutateGenome, randomGenome } from '../../protocol/encodings/variation.js';
import type { EmitterMaker, Offspring } from './emitter.js';
import { drawParent } from './selection.js';

/** Dead children whose memory is kept for the next: a few batches of them. */
const POOL = 32;

/** After so many neutral offspring in a row the next is emitted as it is: with rates of 0 there is no other. */
const MAX_TRIES = 64;

/**
 * The paper's emitter: `evolution.initial` random genomes, then mutated elites, chosen as `evolution.parents` says.
 * While the archive is empty it goes on with random genomes.
 * It learns nothing: what it emits depends on its parts alone.
 */
export const createMutationEmitter: EmitterMaker = (parts) => {
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
    save: () => undefined,
    get report() {
      return { neutral };
    },
  };
};
