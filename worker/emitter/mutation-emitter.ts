import type { Genome } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { createGenePool } from '../../protocol/encodings/operators/gene-pool.js';
import type { EmitterMaker, Offspring } from './emitter.js';
import { foundedOffspring } from './founding.js';
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
  const { archive, spec, random, generation } = parts;
  const { parents, skipNeutral, mutation } = spec.evolution;
  const { variation } = encodingOf(spec.encoding);
  const pool = createGenePool(POOL);
  let neutral = 0;

  const drawElite = () => drawParent(archive, parents, random);

  function childOf(parent: Genome): Genome {
    const mate =
      variation.crosses && random.chance(mutation.crossover) ? drawElite().candidate.genome : undefined;
    const breeding = { mutation, generation: generation(), random, mate, pool };
    let child = variation.child(parent, breeding);
    const likeness = skipNeutral ? variation.likeness(parent) : undefined;
    for (let tries = 1; tries < MAX_TRIES && likeness?.drawnBy(child); tries++) {
      neutral++;
      child = variation.child(parent, breeding);
    }
    return child;
  }

  function offspring(): Offspring {
    const parent = drawElite();
    return { genome: childOf(parent.candidate.genome), parent };
  }

  return {
    ask: (n) => foundedOffspring(parts, n, offspring),
    // The archive has learnt already; parents are drawn from it. Who won no cell is forgotten by everyone.
    tell(outcomes) {
      for (const { offspring, status } of outcomes) {
        const memory = status === 'kept' ? variation.memory(offspring.genome) : undefined;
        if (memory) pool.giveBack(memory);
      }
    },
    save: () => undefined,
    get report() {
      return { neutral };
    },
  };
};
