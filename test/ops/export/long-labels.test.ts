import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportRow } from '../../../coordinator/export/elite-table.js';
import { loadModel } from '../../../worker/model/resolve.js';
import { startAtoll } from '../atoll.js';
import { callAtoll } from '../call.js';
import { makeScoredRun } from './scored-run.js';

/** Runs of earlier versions may have labels of any length, with anything in them. */
const LABELS = Array.from({ length: 10 }, (_, i) => `\u001b[31m${i}\n${'woof '.repeat(20_000)}🐈`);

let root: string;
let run: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-labels-'));
  const model = await loadModel('digits');
  run = (await makeScoredRun(root, model, { name: 'long' }, LABELS)).path;
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('labels of 100,000 characters', () => {
  it('are cut at 200 in the tables, at 40 in the names of files, and no control character is left in those', async () => {
    const out = join(root, 'out');
    const { code, stderr } = await callAtoll(['export', run, '--out', out]);
    expect(code, stderr).toBe(0);
    const { elites } = JSON.parse(await readFile(join(out, 'elites.json'), 'utf8')) as {
      elites: ExportRow[];
    };
    expect(elites).toHaveLength(10);
    for (const { classId, label, image } of elites) {
      expect([...label].length).toBe(200);
      expect(LABELS[classId]?.startsWith(label.slice(0, -1))).toBe(true);
      expect(image).toMatch(/^images\/\d{4}_31m\d_woof(_woof)+_[01]\.\d{4}\.png$/);
    }
    expect(await readdir(join(out, 'images'))).toEqual(elites.map(({ image }) => image?.slice(7)));
  });

  it('can be asked for by what the tables show of them, and are refused in one short line', async () => {
    const out = join(root, 'one');
    const label = `${[...(LABELS[4] ?? '')].slice(0, 199).join('')}…`;
    const { code } = await callAtoll(['export', run, '--out', out, '--what', 'csv', '--classes', label]);
    expect(code).toBe(0);
    const refused = await callAtoll(['export', run, '--classes', 'x\u001b[2J'.repeat(100_000)]);
    expect(refused.code).toBe(2);
    expect(refused.stderr.length).toBeLessThan(600);
    expect(refused.stderr).not.toContain('\u001b');
  });

  it('are cut too where the model of the run has them in its own labels', async () => {
    const digits = await loadModel('digits');
    const model = { ...digits, model: { ...digits.model, labels: LABELS } };
    const { path } = await makeScoredRun(root, model, { name: 'own' });
    const { code, stderr } = await callAtoll(['export', path, '--what', 'images,sheet']);
    expect(code, stderr).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('leave an export free to obey %s', async (signal) => {
    const out = join(root, signal);
    const large = ['--size', '4088', '--what', 'images,sheet'];
    const child = startAtoll(['export', run, '--out', out, ...large]);
    while (!(await readdir(root)).some((name) => name.startsWith(`${signal}.`))) await soon();
    const told = performance.now();
    child.kill(signal);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode, child.said()).toBe(130);
    // A second, and what the machine's other work takes from it.
    expect(performance.now() - told).toBeLessThan(5000);
    expect((await readdir(root)).filter((name) => name.startsWith(signal))).toEqual([]);
  });
});

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
