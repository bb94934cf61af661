import { type EmitterMaker, mutateGenome, randomGenome, shapeOf } from 'atoll';

/** Of the bytes that it saves. */
const VERSION = 1;

/**
 * An emitter that learns: it emits random images and mutated elites, and changes their shares by what wins.
 * The port's promises stand in worker/emitter/emitter.ts; test/worker/emitter/conformance.ts tests them.
 */
export const createRestless: EmitterMaker = (parts) => {
  const { archive, spec, random, generation, evaluations, saved } = parts;
  if (saved && saved[0] !== VERSION) throw new Error('expected bytes of the emitter "restless", version 1');
  /** Chance of a random image, in 256ths. */
  let share = saved?.[1] ?? 128;

  return {
    ask(n) {
      const asked = evaluations();
      return Array.from({ length: n }, (_, i) => {
        const starts = asked + i < spec.evolution.initial || archive.filled === 0;
        if (starts || random.below(256) < share) return { genome: randomGenome(shapeOf(spec), random) };
        const parent = archive.nthFilled(random.below(archive.filled));
        const { genome } = parent.candidate;
        return { genome: mutateGenome(genome, spec.evolution.mutation, generation(), random), parent };
      });
    },
    tell(outcomes) {
      for (const { offspring, status } of outcomes) {
        if (status === 'kept') continue;
        share = offspring.parent ? Math.max(4, share - 4) : Math.min(128, share + 4);
      }
    },
    save: () => Uint8Array.of(VERSION, share),
    report: { neutral: 0 },
  };
};
