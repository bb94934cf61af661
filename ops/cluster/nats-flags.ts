import type { Command } from 'commander';
import type { BrokerOptions } from '../../protocol/transport/nats/broker.js';
import { readAuth } from '../../protocol/transport/nats/credentials.js';
import { positiveNumber } from '../cli/numbers.js';
import { say } from '../cli/output.js';
import { runName } from '../cli/run-name.js';

/** Flags that say which broker, and which run on it. */
export interface NatsFlags {
  readonly nats: string;
  readonly run: string;
  readonly natsCreds?: string;
  readonly patience: number;
}

export function addNatsFlags(command: Command): Command {
  return command
    .requiredOption('--nats <urls>', 'NATS servers, separated by commas, e.g. nats://localhost:4222')
    .requiredOption('--run <name>', 'name of the run', runName)
    .option('--nats-creds <file>', 'credentials file; or set NATS_USER and NATS_PASSWORD, or NATS_TOKEN')
    .option('--patience <seconds>', 'time to try for a first connection, in seconds', positiveNumber, 30);
}

/** What the flags and the environment say of the broker. Throws a {@link BadInputError}. */
export function brokerFromFlags({ nats, natsCreds, patience }: NatsFlags): BrokerOptions {
  return {
    servers: nats.split(',').map((server) => server.trim()),
    auth: readAuth(process.env, natsCreds),
    patienceMilliseconds: 1000 * patience,
    onWaiting: (sentence) => say(sentence, { event: 'broker-awaited' }, 'warn'),
  };
}
