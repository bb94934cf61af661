import type { Command } from 'commander';
import { positiveNumber } from '../cli/numbers.js';
import type { NatsFlags } from '../cluster/nats-flags.js';

interface DoctorFlags {
  readonly device?: string;
  readonly nats?: string;
  readonly natsCreds?: string;
  readonly patience: number;
  readonly url?: string;
  readonly runs: string;
  readonly json?: boolean;
}

/** For a connection alone, which no run's name is needed for. */
const NO_RUN: Pick<NatsFlags, 'run'> = { run: '' };

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what this machine would run on and what it lacks; exit code 0 if a worker would start')
    .option(
      '--device <device>',
      'cpu, webgpu, cuda or cuda:N (default: cuda:0 or webgpu where there is a GPU, else cpu)',
    )
    .option('--nats <urls>', 'NATS servers, separated by commas, to be reached from here')
    .option('--nats-creds <file>', 'credentials file; or set NATS_USER and NATS_PASSWORD, or NATS_TOKEN')
    .option('--patience <seconds>', 'time to try for a connection, in seconds', positiveNumber, 5)
    .option('--url <url>', 'address of a coordinator, to compare clocks with')
    .option('--runs <dir>', 'folder of run directories', 'runs')
    .option('--json', 'print the result as one line of JSON')
    .action(async ({ device, nats, url, runs, json = false, ...more }: DoctorFlags) => {
      const { doctorCommand } = await import('../doctor/doctor.js');
      const { brokerFromFlags } = await import('../cluster/nats-flags.js');
      const wanted = {
        runs,
        ...(device !== undefined && { device }),
        ...(url !== undefined && { url }),
        ...(nats !== undefined && { broker: brokerFromFlags({ ...more, ...NO_RUN, nats }) }),
      };
      await doctorCommand(wanted, json);
    });
}
