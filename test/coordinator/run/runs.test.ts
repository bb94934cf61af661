import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRunDirectory } from '../../../coordinator/run/run-directory.js';
import { lockRun } from '../../../coordinator/run/run-lock.js';
import { listRuns } from '../../../coordinator/run/runs.js';
import { openSqliteStore } from '../../../coordinator/store/sqlite-store.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import { candidateOf, checkpointAt, eliteOf, labelsOf, specOf, temporaryDirectory } from '../fixtures.js';
import { jumpInto, NOTHING } from '../jumps.js';

it('lists runs with their figures, says which are running and which are broken, and passes over the rest', async () => {
  const root = temporaryDirectory();
  const create = (name: string) =>
    createRunDirectory(root.path, {
      spec: { ...specOf(3), name },
      versions: { atoll: '0.1.0', node: '20.0.0', engine: 'onnx' },
      created: new Date(0),
      labels: labelsOf(3),
      installModel: (directory) => writeFile(join(directory, 'model.onnx'), ''),
    });
  const broken = await create('a-broken');
  const running = await create('b-running');
  await create('c-idle');
  writeFileSync(broken.runFile, 'nonsense');
  mkdirSync(join(root.path, 'photos'));
  mkdirSync(join(root.path, 'd.0123456789ab.tmp'));
  writeFileSync(join(root.path, 'notes.txt'), '');

  const lock = lockRun(running.path, { pid: 1, command: 'atoll up', since: new Date() });
  const store = openSqliteStore(running.archiveFile);
  const archive = createArchive(3);
  const elites = [0, 1].map((classId) => eliteOf(classId, 0.5, candidateOf(classId)));
  const island = { number: 0, worker: 'w', state: 'live', device: 'cpu' } as const;
  store.commit({
    ...NOTHING,
    jumps: elites.flatMap((elite) => jumpInto(archive, elite) ?? []),
    islands: [{ ...island, checkpoint: checkpointAt(42) }],
  });

  const facts = { model: 'digits', encoding: 'cppn', classes: 3, created: new Date(0) };
  expect(await listRuns(root.path)).toMatchObject([
    { name: 'a-broken', state: 'broken', problem: expect.stringContaining('run.yaml') },
    { name: 'b-running', state: 'running', ...facts, evaluations: 42, coverage: 2 / 3, median: 0.5 },
    { name: 'c-idle', state: 'idle', ...facts, evaluations: 0, coverage: 0, median: 0 },
  ]);
  store.close();
  lock.release();
  expect((await listRuns(root.path)).map(({ state }) => state)).toEqual(['broken', 'idle', 'idle']);
  expect(readdirSync(broken.path).sort()).toEqual(['archive.db', 'model', 'run.yaml']);
  expect(await listRuns(join(root.path, 'nowhere'))).toEqual([]);
  root.remove();
});
