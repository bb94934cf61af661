import { hostname } from 'node:os';
import type { Command } from 'commander';
import { BadInputError } from '../../protocol/errors.js';
import { followInterruption } from '../cli/interruption.js';
import { count } from '../cli/numbers.js';
import { placeIslands, readDevices } from '../cluster/devices.js';
import { addNatsFlags, brokerFromFlags, type NatsFlags } from '../cluster/nats-flags.js';
import { serveIsland } from '../cluster/serve-island.js';
import { serveIslands } from '../cluster/serve-islands.js';

interface WorkerFlags extends NatsFlags {
  readonly name?: string;
  readonly device?: string;
  readonly devices?: string;
  readonly islands: number;
}

export function registerWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('evolve islands of a run that a coordinator holds, wherever that is');
  addNatsFlags(command)
    .option(
      '--name <name>',
      'under the same name it takes its island up again (default: this machine, pid); of several islands NAME-0, NAME-1, …',
    )
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .option(
      '--devices <list>',
      'several, parted by commas, with a process each; all: every GPU, or every core where there is none',
    )
    .option('--islands <n>', 'islands on each device, with a process each', count, 1)
    .action(serve);
}

async function serve(flags: WorkerFlags): Promise<void> {
  const { run, name = `${hostname()}-${process.pid}` } = flags;
  const places = placeIslands(await devicesOf(flags), flags.islands);
  const islands = places.map((device, i) => ({
    name: places.length === 1 ? name : `${name}-${i}`,
    ...(device !== undefined && { device }),
  }));
  const [first, second] = islands;
  if (first === undefined || second !== undefined) return serveIslands(flags, islands);
  const interruption = followInterruption();
  try {
    await serveIsland({ broker: brokerFromFlags(flags), run, ...first, leaving: interruption.signal });
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
    expected: '--device or --devices',
    got: 'both',
    fix: 'leave one out',
  });
}
