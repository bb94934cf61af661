import { hostname } from 'node:os';
import type { Command } from 'commander';
import { addNatsFlags, brokerFromFlags, type NatsFlags } from '../cluster/nats-flags.js';
import { serveIsland } from '../cluster/serve-island.js';

interface WorkerFlags extends NatsFlags {
  readonly name?: string;
  readonly device?: string;
}

export function registerWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('evolve one island of a run that a coordinator holds, wherever that is');
  addNatsFlags(command)
    .option('--name <name>', 'under the same name it takes its island up again (default: this machine, pid)')
    .option('--device <device>', "cpu, webgpu, cuda or cuda:N (default: the run's)")
    .action(async (flags: WorkerFlags) => {
      await serveIsland({
        broker: brokerFromFlags(flags),
        run: flags.run,
        name: flags.name ?? `${hostname()}-${process.pid}`,
        ...(flags.device !== undefined && { device: flags.device }),
      });
    });
}
