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

  /** Two islands, led by three emitters that compete. */
  const bandit = (topology: string) => [
    ...['--islands', '2', '--json', '--set', 'encoding=dense'],
    ...['--set', 'evolution.emitters=[mutation,iso-line,gradient]'],
    ...['--set', 'budget.cost=800', '--set', `migration.topology=${topology}`],
  ];

  it('gives the same archive both ways, byte for byte, where islands of a bandit send each other nothing', async () => {
    const { code, stdout, stderr } = await runAtoll(['bench', 'cluster', ...bandit('none'), '--seeds', '6']);
    expect(code, stderr).toBe(0);
    const [{ up, cluster }] = JSON.parse(stdout).pairs;
    const { archiveDigest, evaluations, cost, generations, jumps, emitters } = up;
    expect(cluster).toMatchObject({ archiveDigest, evaluations, cost, generations, jumps, emitters });
    expect(cost).toBeGreaterThanOrEqual(800);
    for (const name of ['mutation', 'iso-line', 'gradient']) expect(emitters[name].cost).toBeGreaterThan(0);
  });

  it('gets as far both ways where islands of a bandit send each other elites', async () => {
    const { code, stdout, stderr } = await runAtoll([
      'bench',
      'cluster',
      ...bandit('full'),
      '--seeds',
      '6,7',
    ]);
    expect(code, stderr).toBe(0);
    const { pairs } = JSON.parse(stdout);
    expect(pairs).toHaveLength(2);
    // When a migrant arrives depends on time, so no two runs are alike. Of sixteen the least mean was .972.
    for (const run of pairs.flatMap(({ up, cluster }: { up: object; cluster: object }) => [up, cluster])) {
      expect(run).toMatchObject({ coverage: 1, islands: 2 });
      expect(run.mean).toBeGreaterThan(0.9);
    }
  });

  it('refuses an invalid seed in one sentence', async () => {
    const { code, stderr } = await runAtoll(['bench', 'cluster', '--seeds', '1,x']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `atoll: --seeds must be whole numbers from 0, separated by commas, but it is "1,x". See \`${commandLine(['bench', 'cluster'])} --help\`.\n`,
    );
  });
});
