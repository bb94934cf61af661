import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunDirectory } from '../../../coordinator/run/run-directory.js';
import { type AscendFlags, ascend } from '../../../ops/ascend/ascend.js';

let runs: string;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), 'atoll-ascend-'));
});
afterAll(() => rm(runs, { recursive: true, force: true }));

const flags = (some: Partial<AscendFlags>): AscendFlags => ({
  class: 'all',
  encoding: 'dense',
  preset: 'free',
  model: 'digits',
  engine: 'onnx',
  device: 'cpu',
  runs,
  ...some,
});

describe('ascents on the shipped network', () => {
  it('take dense genomes to .9999 in all ten classes, and store them in a run', async () => {
    const { ascents, directory } = await ascend(flags({ name: 'dense' }), 3);
    expect(ascents).toHaveLength(10);
    for (const { best, milestones } of ascents) {
      expect(best).toBeGreaterThanOrEqual(0.9999);
      expect(Object.keys(milestones)).toContain('0.9999');
    }
    expect((await openRunDirectory(directory)).spec.encoding).toBe('dense');
  }, 120_000);

  it('lead the weights of graphs, which begin tiny, and compare presets in a figure', async () => {
    const report = await ascend(
      flags({ name: 'cppn', encoding: 'cppn', class: '8', compare: true, steps: 150 }),
      1,
    );
    expect(report.ascents.map(({ preset }) => preset)).toEqual(['free', 'jitter']);
    expect(report.result).toBe(join(report.directory, 'lab/ascend'));
    expect(Math.max(...report.ascents.map(({ best }) => best))).toBeGreaterThan(0.5);
  });
});
