import { randomGenome } from '../../../protocol/encodings/variation.js';
import { shapeOf } from '../../../protocol/spec/run-shape.js';
import { createBanditEmitter } from '../../../worker/emitter/bandit-emitter.js';
import type { EmitterMaker } from '../../../worker/emitter/emitter.js';
import { EMITTERS } from '../../../worker/emitter/emitters.js';
import { emitterConformance } from './conformance.js';

const evolution = { initial: 20, generation: 10 };
const SPECS = {
  cppn: { evolution },
  'cppn as in the paper': { preset: 'paper', evolution },
  direct: { encoding: 'direct', evolution },
  'direct with crossover': {
    encoding: 'direct',
    evolution: { ...evolution, mutation: { crossover: 0.5, halveEvery: 2 } },
  },
} as const;

/** Emitters that move genomes in a space of parameters. */
const SPACES = {
  dense: { encoding: 'dense', evolution: { ...evolution, layers: { count: 1, width: 4 } } },
  direct: { encoding: 'direct', evolution },
  'dense, long visits': {
    encoding: 'dense',
    evolution: { ...evolution, layers: { count: 2, width: 8 }, gradient: { steps: 20, rate: 0.1 } },
  },
} as const;

emitterConformance('mutation', EMITTERS.mutation, { ...SPECS, ...SPACES });
emitterConformance('iso-line', EMITTERS['iso-line'], SPACES);
emitterConformance('gradient', EMITTERS.gradient, SPACES);
emitterConformance('cma', EMITTERS.cma, SPACES);

const NAMES = ['mutation', 'iso-line', 'gradient', 'cma'] as const;
emitterConformance(
  'that is a bandit',
  createBanditEmitter(NAMES.map((name) => ({ name, make: EMITTERS[name] }))),
  SPACES,
);

/** Learns how often its offspring won: the more rarely, the more of the next are random. */
const learning: EmitterMaker = (parts) => {
  const { archive, spec, random, evaluations, saved } = parts;
  if (saved && saved[0] !== 1) throw new Error('not a state of the emitter "learning", version 1');
  const { emitter: inner } = { emitter: EMITTERS.mutation(parts) };
  let [won, lost] = saved ? [saved[1] ?? 0, saved[2] ?? 0] : [0, 0];
  return {
    ask(n) {
      const asked = evaluations();
      return Array.from({ length: n }, (_, i) => {
        const bored = lost > won && random.chance(0.5);
        if (asked + i < spec.evolution.initial || archive.filled === 0 || bored) {
          return { genome: randomGenome(shapeOf(spec), random) };
        }
        return inner.ask(1)[0] ?? { genome: randomGenome(shapeOf(spec), random) };
      });
    },
    tell(outcomes) {
      for (const { status } of outcomes) {
        if (status === 'not-added') lost = Math.min(255, lost + 1);
        else won = Math.min(255, won + 1);
      }
    },
    save: () => Uint8Array.of(1, won, lost),
    get report() {
      return inner.report;
    },
  };
};

emitterConformance('that learns', learning, { cppn: SPECS.cppn });
