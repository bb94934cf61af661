import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BadInputError } from '../../../../protocol/base/errors.js';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import type { TfjsModel } from '../../../../worker/tfjs/files.js';
import { convertLayers } from '../../../../worker/tfjs/layers-model/convert.js';
import { readTfjsModel } from '../read-model.js';
import { saveLayersModel } from './saved-models.js';
import { varied } from './varied-model.js';

let dir: string;
let files: TfjsModel;
beforeAll(async () => {
  await useWasm();
  dir = await mkdtemp(join(tmpdir(), 'atoll-damage-'));
  files = await readTfjsModel(await saveLayersModel(varied(), dir));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const STRANGE: readonly unknown[] = [
  null,
  -1,
  0,
  0.5,
  1e9,
  '',
  'constructor',
  true,
  [],
  {},
  [[]],
  [1, 2],
  { config: {} },
];

/** One place of a topology, chosen at random, is left out or says something strange. */
function damaged(json: unknown, random: RandomStream): unknown {
  const copy: unknown = structuredClone(json);
  let place: unknown = copy;
  for (;;) {
    if (typeof place !== 'object' || place === null) return copy;
    const record = place as Record<string, unknown>;
    const keys = Object.keys(record);
    const key = keys[random.below(Math.max(1, keys.length))];
    if (key === undefined) return copy;
    if (typeof record[key] === 'object' && random.chance(0.85)) {
      place = record[key];
      continue;
    }
    if (random.chance(0.2) && !Array.isArray(record)) delete record[key];
    else record[key] = STRANGE[random.below(STRANGE.length)];
    return copy;
  }
}

it('a damaged topology is converted or refused in a sentence, and nothing else', () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = randomFrom(seed, 'damage');
    const json = { ...files.json, modelTopology: damaged(files.json.modelTopology, random) };
    try {
      convertLayers({ ...files, json });
    } catch (error) {
      if (!(error instanceof BadInputError)) throw new Error(`seed ${seed}`, { cause: error });
      expect(error.message).not.toContain('\n');
    }
  }
});
