import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Archive, createArchive } from '../../../protocol/archive/archive.js';
import { type RandomStream, restoreRandom } from '../../../protocol/base/random.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import { digestOf } from '../../../protocol/encodings/digest.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { encodingOf } from '../../../protocol/encodings/lookup.js';
import { fillSpec } from '../../../protocol/spec/fill-spec.js';
import type { RunSpec, RunSpecInput } from '../../../protocol/spec/run-spec.js';
import { MAX_EMITTER_BYTES } from '../../../protocol/wire/messages.js';
import type { EmitterMaker, Outcome } from '../../../worker/emitter/emitter.js';

const CLASSES = 10;

function specOf(input: RunSpecInput): RunSpec {
  return fillSpec(
    { ...input, name: 'test', seed: 1, model: 'none' },
    { digest: '0'.repeat(64), classes: CLASSES, side: 8, channels: 1, batch: 6 },
  );
}

interface Place {
  readonly random: RandomStream;
  readonly evaluations: number;
  readonly archive: Archive;
  readonly saved?: Uint8Array;
}

/** An island without a network: the confidence for a class is read off the genome's digest. */
function createToy(make: EmitterMaker, spec: RunSpec, from: Place) {
  const { archive, random } = from;
  let { evaluations } = from;
  const held = new Set([...archive.elites()].map(({ candidate }) => candidate.digest));
  const emitter = make({
    archive,
    spec,
    island: 0,
    random,
    generation: () => Math.floor(evaluations / spec.evolution.generation),
    evaluations: () => evaluations,
    ...(from.saved && { saved: from.saved }),
  });
  return {
    emitter,
    /** Asks for so many, evaluates, merges and tells, until no visit is under way; the digests asked. */
    step(n: number): string[] {
      const digests = round(n);
      while (emitter.visiting) digests.push(...round(n));
      return digests;
    },
    round,
    save(): Place {
      const saved = emitter.save();
      return {
        random: restoreRandom(random.save()),
        evaluations,
        archive: copyOf(archive),
        ...(saved && { saved }),
      };
    },
    /** Digests of all that held a cell once. */
    held,
  };

  function round(n: number): string[] {
    const digests: string[] = [];
    const outcomes = emitter.ask(n).map((offspring): Outcome => {
      evaluations++;
      const { genome, parent } = offspring;
      const bytes = encodeGenome(genome).slice();
      const digest = digestOf(bytes);
      digests.push(digest);
      const origin = {
        evaluation: evaluations,
        island: 0,
        ...(parent && { parent: { digest: parent.candidate.digest, classId: parent.classId } }),
      };
      const candidate = { genome, bytes, digest, ...origin };
      const hash = createHash('sha256').update(digest).digest();
      const confidences = Float32Array.from({ length: CLASSES }, (_, i) => (hash[i] ?? 0) / 256);
      const won = [...confidences].map(
        (confidence, classId) => archive.merge({ classId, confidence, candidate }).status,
      );
      if (won.some((each) => each !== 'not-added')) held.add(digest);
      const status = (['new', 'improved'] as const).find((each) => won.includes(each)) ?? 'not-added';
      const improvement = won.filter((each) => each !== 'not-added').length;
      const gradient = offspring.towards === undefined ? undefined : gradientOf(genome, spec);
      return { offspring, confidences, status, improvement, cost: 1, ...(gradient && { gradient }) };
    });
    emitter.tell(outcomes);
    return digests;
  }
}

/** Of a toy whose loss is half the square of each parameter. */
function gradientOf(genome: Genome, { encoding }: RunSpec): Float32Array | undefined {
  return encodingOf(encoding).parameters?.read(genome);
}

function copyOf(archive: Archive): Archive {
  const copy = createArchive(CLASSES);
  for (const elite of [...archive.elites()].reverse()) copy.merge(elite);
  return copy;
}

const fresh = (seed: number): Place => ({
  random: randomFrom(seed),
  evaluations: 0,
  archive: createArchive(CLASSES),
});

/** What every emitter promises, on each of these specs. */
export function emitterConformance(
  name: string,
  make: EmitterMaker,
  inputs: Readonly<Record<string, RunSpecInput>>,
): void {
  describe.each(Object.entries(inputs))(`the emitter ${name}, %s`, (_, input) => {
    const spec = specOf(input);
    const start = (place: Place) => createToy(make, spec, place);

    it('gives exactly as many as it is asked for, none among them; in a visit fewer, and one at least', () => {
      const toy = start(fresh(1));
      for (const n of [0, 1, 7, 64, 3]) {
        expect(toy.round(n)).toHaveLength(n);
        for (let rounds = 0; toy.emitter.visiting; rounds++) {
          const { length } = toy.round(n);
          expect(length).toBeGreaterThan(0);
          expect(length).toBeLessThanOrEqual(n);
          expect(rounds).toBeLessThan(200);
        }
      }
    });

    it('begins with `evolution.initial` random genomes, and goes on with random ones while nothing is filled', () => {
      const { emitter } = start(fresh(1));
      const offspring = emitter.ask(spec.evolution.initial + 5);
      expect(offspring.every(({ parent }) => parent === undefined)).toBe(true);
    });

    it('names as parents what the archive holds, by digest and class; in a visit, what it held', () => {
      const toy = start(fresh(2));
      for (let batch = 0; batch < 10; batch++) {
        const held = new Map(
          [...toy.save().archive.elites()].map(({ classId, candidate }) => [classId, candidate.digest]),
        );
        for (const { parent } of toy.emitter.ask(6)) {
          if (parent) expect(held.get(parent.classId)).toBe(parent.candidate.digest);
        }
        toy.round(6);
        while (toy.emitter.visiting) {
          for (const { parent } of toy.emitter.ask(6)) expect(toy.held).toContain(parent?.candidate.digest);
          toy.round(6);
        }
      }
    });

    it('depends on its random stream and nothing else', () => {
      const [one, other, another] = [start(fresh(3)), start(fresh(3)), start(fresh(4))];
      const steps = (toy: typeof one) => Array.from({ length: 10 }, () => toy.step(6));
      const found = steps(one);
      expect(steps(other)).toEqual(found);
      expect(steps(another)).not.toEqual(found);
    });

    it('goes on exactly where it stopped, from archive, random state, count and saved bytes', () => {
      const whole = start(fresh(5));
      let resumed = start(fresh(5));
      for (let batch = 0; batch < 14; batch++) {
        expect(resumed.step(6)).toEqual(whole.step(6));
        resumed = start(resumed.save());
      }
      expect(resumed.save().random.save()).toEqual(whole.save().random.save());
      expect(resumed.save().saved).toEqual(whole.save().saved);
    });

    it('uses no memory again but that of offspring which were not added', () => {
      const toy = start(fresh(6));
      for (let batch = 0; batch < 20; batch++) {
        toy.step(6);
        for (const { candidate } of toy.save().archive.elites()) {
          expect(digestOf(encodeGenome(candidate.genome))).toBe(candidate.digest);
        }
      }
    });

    it('saves little, and says what it left out', () => {
      const toy = start(fresh(7));
      for (let batch = 0; batch < 10; batch++) toy.step(6);
      expect(toy.emitter.save()?.length ?? 0).toBeLessThanOrEqual(MAX_EMITTER_BYTES);
      expect(toy.emitter.report.neutral).toBeGreaterThanOrEqual(0);
    });
  });
}
