import { describe, expect, it } from 'vitest';
import { createLatencies } from '../../../ops/bench/swarm/latencies.js';
import { commandLine } from '../../../ops/cli/command-line.js';
import { provideNatsServer } from '../../nats-binary.js';
import { runAtoll } from '../atoll.js';

process.env.NATS_SERVER_BIN = provideNatsServer();

describe('the swarm bench', () => {
  it('sees what its islands find committed, for each number of islands asked for', async () => {
    const { code, stdout, stderr } = await runAtoll([
      'bench',
      'swarm',
      '--islands',
      '2,20',
      '--seconds',
      '2',
      '--rate',
      '20',
      '--json',
    ]);
    expect(code, stderr).toBe(0);
    const { results } = JSON.parse(stdout);
    expect(results.map(({ islands }: { islands: number }) => islands)).toEqual([2, 20]);
    for (const result of results) {
      // Half: the machine may be busy; a bench whose islands or coordinator do nothing shows 0.
      expect(result.offered).toBeGreaterThan(0.5 * 20 * result.islands);
      expect(result.merges).toBeGreaterThan(0.5 * 20 * result.islands);
      expect(result.jumps).toBeLessThanOrEqual(result.merges);
      expect(result.toCommit.p99).toBeGreaterThanOrEqual(result.toCommit.p50);
      // A commit is later than the broker's word for all but a few messages.
      expect(result.toCommit.p50).toBeGreaterThan(result.toStore.p50);
      expect(result.bytesPerEvaluation.sent).toBeGreaterThan(1);
      expect(result.microsecondsPerMerge).toBeGreaterThan(1);
      expect(result.microsecondsPerMerge).toBeCloseTo((1e6 * result.coordinatorLoad) / result.merges);
      expect(result.coordinatorMemory.most).toBeGreaterThan(10);
    }
  });

  it('refuses an invalid number of islands in one sentence', async () => {
    const { code, stderr } = await runAtoll(['bench', 'swarm', '--islands', '10,1025']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `atoll: --islands must be numbers of islands from 1 to 1024, separated by commas, but it is "10,1025". See \`${commandLine(['bench', 'swarm'])} --help\`.\n`,
    );
  });
});

describe('latencies', () => {
  it('are taken of messages that were begun, once each', () => {
    const latencies = createLatencies();
    for (let sequence = 1; sequence <= 100; sequence++) latencies.begin(1, sequence, 0);
    for (let sequence = 1; sequence <= 99; sequence++) latencies.end(1, sequence, sequence);
    latencies.end(1, 1, 1e9);
    latencies.end(2, 1, 1e9);
    expect(latencies.waiting).toBe(1);
    expect(latencies.quantile(0)).toBe(1);
    expect(latencies.quantile(0.5)).toBe(50);
    expect(latencies.quantile(1)).toBe(99);
  });
});
