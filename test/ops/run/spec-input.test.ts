import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSpecInput } from '../../../ops/run/spec-input.js';

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
    ['an unknown key', 'colour: red', [], /colour is not a key/],
    [
      'an unknown key far down',
      'evolution: {mutation: {rat: 1}}',
      [],
      /evolution\.mutation\.rat is not a key/,
    ],
    ['what only the model says', 'classes: 10', [], /classes is not a key/],
    ['a key that is JavaScript’s own', '{"__proto__": {"seed": 3}}', [], /__proto__ is not a key/],
    ['a value of another kind', 'seed: many', [], /seed must be a number, but it is "many"/],
    [
      'a value out of range',
      'evolution: {mutation: {rate: 1.5}}',
      [],
      /rate must be at most 1, but it is 1\.5/,
    ],
    ['part of a number', 'seed: 1.5', [], /seed must be a whole number, but it is 1\.5/],
    [
      'a word that is not one of the choices',
      'preset: fast',
      [],
      /preset must be default, paper or gradient, but it is "fast"/,
    ],
    ['a value where keys belong', '', ['budget=5'], /budget must be keys with values, but it is 5/],
    ['nothing where a value belongs', '', ['seed='], /seed must be a number, but it is missing/],
    ['a setting without a value', '', ['seed'], /KEY=VALUE/],
    ['a setting without a key', '', ['=5'], /KEY=VALUE/],
    ['a setting with half a key', '', ['budget.=5'], /KEY=VALUE/],
    ['a setting that is no YAML', '', ['seed=[1'], /KEY=VALUE/],
    ['a list', '- seed', [], /is a list, not a run spec/],
    ['a single value', 'seed', [], /is a single value, not a run spec/],
    ['no YAML', 'seed: [1', [], /cannot be read as YAML/],
  ];
  it.each(wrong)('is refused for %s', async (_, yaml, settings, says) => {
    const reading = read(yaml, settings);
    await expect(reading).rejects.toMatchObject({ exitCode: 2 });
    await expect(reading).rejects.toThrow(says);
  });

  it('is refused when there is no such file', async () => {
    const reading = readSpecInput({ configFile: join(directory, 'none.yaml'), settings: [], flags: {} });
    await expect(reading).rejects.toThrow(
      /none\.yaml cannot be read as YAML \(no such file or directory\)\. Check the path/,
    );
  });
});
