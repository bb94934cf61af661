import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Archive, createArchive } from '../../../protocol/archive/archive.js';
import { type RandomStream, restoreRandom } from '../../../protocol/base/random.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import { express, sameExpression } from '../../../protocol/encodings/cppn/express.js';
import { digestOf } from '../../../protocol/encodings/digest.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { fillSpec } from '../../../protocol/spec/fill-spec.js';
import { checkSpecInput, type RunSpecInput } from '../../../protocol/spec/run-spec.js';
import type { Offspring } from '../../../worker/emitter/emitter.js';
import { createMutationEmitter } from '../../../worker/emitter/mutation-emitter.js';
import { walkedCppn } from '../../protocol/encodings/cppn/samples.js';

const CLASSES = 10;

function specOf(input: RunSpecInput) {
  checkSpecInput(input);
  return fillSpec(
    { ...input, name: 'test', seed: 1, model: 'none' },
    { digest: '0'.repeat(64), classes: CLASSES, side: 28, channels: 1, batch: 7 },
  );
}

/** An island without a network: the confidence for a class is read off the genome's digest. */
function createToy(
  input: RunSpecInput,
  from: { random: RandomStream; evaluations: number; archive: Archive },
) {
  const { archive, random } = from;
  const spec = specOf(input);
  let evaluations = from.evaluations;
  const emitter = createMutationEmitter({
    archive,
    spec,
    island: 0,
    random,
    generation: () => Math.floor(evaluations / spec.evolution.generation),
    evaluations: () => evaluations,
  });
  return {
    emitter,
    /** Asks for a batch, evaluates and merges it; the digests asked. */
    step(n: number): string[] {
      return emitter.ask(n).map(({ genome, parent }) => {
        evaluations++;
        const candidate = toCandidate(genome, evaluations, parent);
        const hash = createHash('sha256').update(candidate.digest).digest();
        for (let classId = 0; classId < CLASSES; classId++) {
          archive.merge({ classId, confidence: (hash[classId] ?? 0) / 256, candidate });
        }
        return candidate.digest;
      });
    },
    save: () => ({ random: restoreRandom(random.save()), evaluations, archive: copyOf(archive) }),
  };
}

function toCandidate(genome: Genome, evaluation: number, elite?: Offspring['parent']) {
  const parent = elite && { digest: elite.candidate.digest, classId: elite.classId };
  const bytes = encodeGenome(genome);
  return { genome, bytes, digest: digestOf(bytes), evaluation, island: 0, ...(parent && { parent }) };
}

function copyOf(archive: Archive): Archive {
  const copy = createArchive(CLASSES);
  for (const elite of [...archive.elites()].reverse()) copy.merge(elite);
  return copy;
}

const fresh = (seed: number) => ({
  random: randomFrom(seed),
  evaluations: 0,
  archive: createArchive(CLASSES),
});

/** An archive whose cells hold this genome. */
function holding(genome: Genome, cells = CLASSES): Archive {
  const archive = createArchive(CLASSES);
  for (let classId = 0; classId < cells; classId++) {
    archive.merge({ classId, confidence: 0.5, candidate: toCandidate(genome, 1) });
  }
  return archive;
}

const settled = (archive: Archive, input: RunSpecInput, seed = 1) =>
  createMutationEmitter({
    archive,
    spec: specOf(input),
    island: 0,
    random: randomFrom(seed),
    generation: () => 0,
    evaluations: () => 1_000_000,
  });

describe('the mutation emitter', () => {
  it('asks for so many random genomes first, whatever the batch, then for children of elites', () => {
    const toy = createToy({ evolution: { initial: 25 } }, fresh(1));
    for (let batch = 0; batch < 3; batch++) toy.step(8);
    const offspring = toy.emitter.ask(8);
    expect(offspring[0]?.parent).toBeUndefined();
    expect(offspring.slice(1).every(({ parent }) => parent !== undefined)).toBe(true);
  });

  it('begins with random genomes also where elites came before it did', () => {
    const archive = holding(walkedCppn(1, 5, 1));
    const toy = createToy({ evolution: { initial: 3 } }, { ...fresh(1), archive });
    expect(toy.emitter.ask(5).map(({ parent }) => parent === undefined)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('goes on with random genomes while the archive is empty', () => {
    const offspring = settled(createArchive(CLASSES), {}).ask(20);
    expect(offspring).toHaveLength(20);
    expect(offspring.every(({ parent }) => parent === undefined)).toBe(true);
  });

  it('draws parents uniformly over the filled cells, and says which cell', () => {
    const parent = walkedCppn(2, 10, 1);
    const offspring = settled(holding(parent, 5), {}).ask(5000);
    const counts = new Array<number>(CLASSES).fill(0);
    for (const child of offspring) {
      expect(child.parent?.candidate.digest).toBe(digestOf(encodeGenome(parent)));
      const classId = child.parent?.classId ?? -1;
      counts[classId] = (counts[classId] ?? 0) + 1;
    }
    for (const count of counts.slice(0, 5)) expect(Math.abs(count - 1000)).toBeLessThan(5 * 29);
    expect(counts.slice(5)).toEqual([0, 0, 0, 0, 0]);
  });

  it.each<[string, RunSpecInput]>([
    ['cppn', { evolution: { initial: 20, generation: 10 } }],
    ['cppn as in the paper', { preset: 'paper', evolution: { initial: 20, generation: 10 } }],
    [
      'direct with crossover',
      {
        encoding: 'direct',
        evolution: { initial: 20, generation: 10, mutation: { crossover: 0.5, halveEvery: 2 } },
      },
    ],
  ])('goes on exactly where it stopped, from random state, count and elites alone: %s', (_, input) => {
    const whole = createToy(input, fresh(3));
    const parts = createToy(input, fresh(3));
    let resumed = parts;
    for (let batch = 0; batch < 12; batch++) {
      expect(resumed.step(6)).toEqual(whole.step(6));
      resumed = createToy(input, resumed.save());
    }
    expect(whole.save().random.save()).toEqual(resumed.save().random.save());
  });

  it('emits no offspring that expresses what its parent does, and counts those it left out', () => {
    const parent = walkedCppn(4, 3, 1);
    const emitter = settled(holding(parent), { evolution: { skipNeutral: true } });
    const offspring = emitter.ask(500);
    expect(offspring).toHaveLength(500);
    const neutral = ({ genome }: Offspring) =>
      genome.encoding === 'cppn' && sameExpression(express(parent), express(genome));
    expect(offspring.some(neutral)).toBe(false);
    expect(emitter.report.neutral).toBeGreaterThan(10);

    const paper = settled(holding(parent), { preset: 'paper' });
    const share = paper.ask(500).filter(neutral).length / 500;
    expect(paper.report.neutral).toBe(0);
    // As many as the other left out, but for chance.
    expect(Math.abs(share - emitter.report.neutral / (500 + emitter.report.neutral))).toBeLessThan(0.1);
  });

  it('ends where no offspring can differ from its parent', () => {
    const never = {
      rate: 0,
      activation: 0,
      addConnection: 0,
      deleteConnection: 0,
      addNode: 0,
      deleteNode: 0,
    };
    const parent = walkedCppn(5, 10, 1);
    const [child] = settled(holding(parent), { evolution: { skipNeutral: true, mutation: never } }).ask(1);
    expect(child?.genome).toEqual(parent);
  });

  it('emits nothing when asked for nothing', () => {
    expect(settled(createArchive(CLASSES), {}).ask(0)).toEqual([]);
  });
});
