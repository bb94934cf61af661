import { describe, expect, it } from 'vitest';
import { commandLine } from '../../../ops/cli/command-line.js';
import { provideNatsServer } from '../../nats-binary.js';
import { runAtoll } from '../atoll.js';

process.env.NATS_SERVER_BIN = provideNatsServer();

describe('the cluster bench', () => {
  it('does the same run both ways', async () => {
    const run = ['--islands', '2', '--evaluations', '1001', '--seeds', '4'];
    const { code, stdout, stderr } = await runAtoll(['bench', 'cluster', ...run, '--json']);
    expect(code, stderr).toBe(0);
    const { pairs, rateRatio, upMedian, clusterMedian } = JSON.parse(stdout);
    expect(pairs).toHaveLength(1);
    const same = { seed: 4, evaluations: 1001, islands: 2, classes: 10 };
    expect(pairs[0]).toMatchObject({ seed: 4, up: same, cluster: same });
    const { up, cluster } = pairs[0];
    expect(rateRatio).toBe(cluster.evaluationsPerSecond / up.evaluationsPerSecond);
    expect([upMedian, clusterMedian]).toEqual([up.median, cluster.median]);
  });

  it('refuses an invalid seed in one sentence', async () => {
    const { code, stderr } = await runAtoll(['bench', 'cluster', '--seeds', '1,x']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `atoll: --seeds must be whole numbers from 0, separated by commas, but it is "1,x". See \`${commandLine(['bench', 'cluster'])} --help\`.\n`,
    );
  });
});
