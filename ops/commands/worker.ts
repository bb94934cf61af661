import { hostname } from 'node:os';
import type { Command } from 'commander';
import { BadInputError } from '../../protocol/base/errors.js';
import { followInterruption } from '../cli/interruption.js';
import { addLogFlags, type LogFlags, startLog } from '../cli/log-flags.js';
import { count } from '../cli/numbers.js';
import { placeIslands, readDevices } from '../cluster/devices.js';
import type { Place } from '../cluster/family.js';
import { addNatsFlags, brokerFromFlags, type NatsFlags } from '../cluster/nats-flags.js';
import type { ServedMetrics } from '../cluster/serve-metrics.js';
import { type HttpAddress, parseHttpAddress } from '../http/http-address.js';

interface WorkerFlags extends NatsFlags, LogFlags {
  readonly name?: string;
  readonly device?: string;
  readonly devices?: string;
  readonly islands: number;
  readonly metricsPort?: HttpAddress;
}

export function registerWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('evolve islands of a run whose coordinator is on this or another machine');
  addLogFlags(addNatsFlags(command))
    .option(
      '--name <name>',
      'name of the worker; with the same name it gets the same island again. Several islands are named NAME-0, NAME-1, … (default: host name and process id)',
    )
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .option(
      '--devices <list>',
      'several devices, separated by commas, with a process for each; all: every GPU, or every core where there is no GPU',
    )
    .option('--islands <n>', 'number of islands on each device, with a process for each', count, 1)
    .option(
      '--metrics-port <[host:]port>',
      'address of the metrics of all islands, for Prometheus; 0: a free port (default: none)',
      (text: string) => parseHttpAddress(text),
    )
    .action(serve);
}

async function serve(flags: WorkerFlags): Promise<void> {
  const { run, name = `${hostname()}-${process.pid}` } = flags;
  await startLog(flags, { role: 'worker', run, worker: name });
  const places = placeIslands(await devicesOf(flags), flags.islands);
  const islands = places.map((device, i) => ({
    name: places.length === 1 ? name : `${name}-${i}`,
    ...(device !== undefined && { device }),
  }));
  // Before anything else is tried, and only with the flag: it loads the libraries of a server.
  const metrics = flags.metricsPort && (await showMetrics(flags.metricsPort, run, islands));
  try {
    const [first, second] = islands;
    if (first === undefined || second !== undefined) {
      const { serveIslands } = await import('../cluster/serve-islands.js');
      await serveIslands(flags, islands, metrics);
    } else await serveAlone(flags, first, metrics);
  } finally {
    await metrics?.close();
  }
}

async function showMetrics(
  address: HttpAddress,
  run: string,
  islands: readonly Place[],
): Promise<ServedMetrics> {
  const { serveMetrics } = await import('../cluster/serve-metrics.js');
  return serveMetrics({ address, run, workers: islands.map(({ name }) => name) });
}

/** In this process. */
async function serveAlone(
  flags: WorkerFlags,
  place: Place,
  metrics: ServedMetrics | undefined,
): Promise<void> {
  const { serveIsland } = await import('../cluster/serve-island.js');
  const interruption = followInterruption();
  try {
    await serveIsland({
      broker: brokerFromFlags(flags),
      run: flags.run,
      ...place,
      leaving: interruption.signal,
      ...(metrics && { onReport: (report) => metrics.take(place.name, report) }),
    });
  } finally {
    interruption.release();
  }
}

/** One undefined: the run's device. */
async function devicesOf({ device, devices }: WorkerFlags): Promise<readonly (string | undefined)[]> {
  if (devices === undefined) return [device];
  if (device === undefined) return readDevices(devices);
  throw new BadInputError({
    code: 'ERR_DEVICE',
    problem: '--device and --devices cannot be used together',
    fix: 'Leave one of them out',
  });
}
