import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSpecInput } from '../../../ops/up/spec-input.js';

let directory: string;
let configFile: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-spec-'));
  configFile = join(directory, 'run-spec.yaml');
});
afterEach(() => rm(directory, { recursive: true }));

const read = async (yaml: string, settings: readonly string[] = [], flags = {}) => {
  await writeFile(configFile, yaml);
  return readSpecInput({ configFile, settings, flags });
};

describe('a run spec of a person', () => {
  it('is what the file says, then the settings, then the flags: the later win, key by key', async () => {
    const yaml = `
      seed: 1
      islands: 1
      batch: 1
      evolution: { initial: 10, generation: 10, mutation: { rate: 0.1, eta: 10 } }
      budget: { minutes: 1, evaluations: 100 }
    `;
    const settings = ['islands=2', 'batch=2', 'evolution.initial=20', 'evolution.mutation.rate=0.2'];
    const flags = { batch: 3, budget: { evaluations: 300 } };
    expect(await read(yaml, settings, flags)).toEqual({
      seed: 1,
      islands: 2,
      batch: 3,
      evolution: { initial: 20, generation: 10, mutation: { rate: 0.2, eta: 10 } },
      budget: { minutes: 1, evaluations: 300 },
    });
  });

  it('keeps of two settings of a key the later', async () => {
    expect(await read('', ['seed=1', 'seed=2'])).toEqual({ seed: 2 });
  });

  it('is not touched by flags that are not given', async () => {
    const flags = { seed: undefined, budget: {}, migration: { topology: undefined } };
    expect(await read('seed: 1\nmigration: {topology: ring}', [], flags)).toEqual({
      seed: 1,
      migration: { topology: 'ring' },
    });
    expect(await readSpecInput({ settings: [], flags })).toEqual({ migration: {} });
  });

  it('may be empty, a file of comments too', async () => {
    expect(await read('')).toEqual({});
    expect(await read('# nothing yet\n')).toEqual({});
  });

  it('has values as YAML reads them', async () => {
    const settings = ['evolution.skipNeutral=false', 'name=7b', 'budget={minutes: 0.5}', 'model=a=b.onnx'];
    expect(await read('', settings)).toEqual({
      evolution: { skipNeutral: false },
      name: '7b',
      budget: { minutes: 0.5 },
      model: 'a=b.onnx',
    });
  });

  const wrong: [what: string, yaml: string, settings: string[], says: RegExp][] = [
    ['an unknown key', 'colour: red', [], /got the unknown colour/],
    ['an unknown key far down', 'evolution: {mutation: {rat: 1}}', [], /unknown evolution\.mutation\.rat/],
    ['what only the model says', 'classes: 10', [], /unknown classes/],
    ['a key that is JavaScript’s own', '{"__proto__": {"seed": 3}}', [], /unknown __proto__/],
    ['a value of another kind', 'seed: many', [], /seed to be a number, got "many"/],
    ['a value out of range', 'evolution: {mutation: {rate: 1.5}}', [], /rate to be at most 1, got 1\.5/],
    ['part of a number', 'seed: 1.5', [], /seed to be a whole number, got 1\.5/],
    ['a word that is none of the choices', 'preset: fast', [], /preset to be default or paper, got "fast"/],
    ['a value where keys belong', '', ['budget=5'], /budget to be keys with values, got 5/],
    ['nothing where a value belongs', '', ['seed='], /seed to be a number, got nothing/],
    ['a setting without a value', '', ['seed'], /KEY=VALUE/],
    ['a setting without a key', '', ['=5'], /KEY=VALUE/],
    ['a setting with half a key', '', ['budget.=5'], /KEY=VALUE/],
    ['a setting that is no YAML', '', ['seed=[1'], /KEY=VALUE/],
    ['a list', '- seed', [], /keys of a run spec in .*, got a list/],
    ['a single value', 'seed', [], /got a single value/],
    ['no YAML', 'seed: [1', [], /a YAML file at /],
  ];
  it.each(wrong)('is refused for %s', async (_, yaml, settings, says) => {
    const reading = read(yaml, settings);
    await expect(reading).rejects.toMatchObject({ exitCode: 2 });
    await expect(reading).rejects.toThrow(says);
  });

  it('is refused when there is no such file', async () => {
    const reading = readSpecInput({ configFile: join(directory, 'none.yaml'), settings: [], flags: {} });
    await expect(reading).rejects.toThrow(/none\.yaml, got no such file or directory; check the path/);
  });
});
