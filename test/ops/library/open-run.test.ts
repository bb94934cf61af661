import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDrawer, openClassifier, openRun, type Run } from '../../../ops/library/index.js';
import { copyRun, editRunFile, evolveSmallRun } from '../small-run.js';

let root: string;
let path: string;
let run: Run;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-open-run-'));
  path = await evolveSmallRun(root);
  run = await openRun(path);
});
afterAll(async () => {
  run.close();
  await rm(root, { recursive: true });
});

describe('openRun', () => {
  it('reads what the run is, and what it found', () => {
    expect(run).toMatchObject({ path, spec: { name: 'small', seed: 7, classes: 10 } });
    expect(run.labels).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    const elites = run.elites();
    expect(run.summary().coverage).toBe(elites.length / 10);
    expect(run.islands()).toMatchObject([{ number: 0, worker: 'worker-0' }]);
    expect(run.events().map(({ kind }) => kind)).toContain('island-live');
  });

  it('gives a history in which each class rises to its elite', () => {
    for (const { classId, confidence, candidate } of run.elites()) {
      const jumps = run.history(classId);
      const confidences = jumps.map((jump) => jump.confidence);
      expect(confidences).toEqual(confidences.toSorted((a, b) => a - b));
      expect(jumps.at(-1)).toMatchObject({ confidence, digest: candidate.digest });
    }
    expect(run.history()).toHaveLength(run.elites().flatMap(({ classId }) => run.history(classId)).length);
  });

  it('leads from each elite back to a random image', () => {
    for (const { candidate } of run.elites()) {
      let genome = run.genome(candidate.digest);
      while (genome?.parent !== undefined) genome = run.genome(genome.parent.digest);
      expect(genome).toBeDefined();
    }
    expect(run.genome('0'.repeat(64))).toBeUndefined();
  });

  it('opens the network of the run, which gives each elite its confidence again', async () => {
    await using classifier = await run.openClassifier();
    expect(classifier).toMatchObject({ name: 'digits', labels: run.labels, digest: run.spec.modelDigest });
    const drawer = loadDrawer();
    for (const { classId, confidence, candidate } of run.elites()) {
      const tensor = drawer.tensor([candidate.genome], classifier.input, run.spec.views);
      const rows = await classifier.classify(tensor, 1);
      expect(Math.abs((rows[classId] ?? 0) - confidence)).toBeLessThan(1e-4);
    }
  });

  it('refuses a directory that is not a run, and a run.yaml that was edited', async () => {
    await expect(openRun(root)).rejects.toThrow(/is not a run directory/);
    const copy = await copyRun(path, join(root, 'edited'));
    await editRunFile(copy, /seed: 7/, 'seed: 8');
    await expect(openRun(copy)).rejects.toThrow(/seed 8, but this run was begun with seed 7/);
  });
});

describe('openClassifier', () => {
  it('opens a network by its name, knows its classes, and closes with its scope', async () => {
    const digits = await openClassifier('digits');
    expect(digits).toMatchObject({ name: 'digits', engine: 'onnx', classes: 10 });
    expect(digits.labels).toHaveLength(10);
    await digits[Symbol.asyncDispose]();
    await expect(digits.warmup()).rejects.toThrow('closed');
  });

  it('refuses a network that does not exist in one sentence', async () => {
    await expect(openClassifier('no-such-network')).rejects.toThrow(/no-such-network/);
  });
});
