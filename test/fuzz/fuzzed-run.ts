import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCoordinatorClient } from '../../coordinator/http/client.js';
import { type CoordinatorAddress, readAddress } from '../../ops/http/address-file.js';
import { seriesOf } from '../coordinator/http/fixtures.js';
import { startAtoll } from '../ops/atoll.js';

/** A real run in a process of its own, paused, with something found in every class. */
export interface FuzzedRun {
  readonly address: CoordinatorAddress;
  readonly client: ReturnType<typeof createCoordinatorClient>;
  /** A figure of its metrics. */
  figure(name: string): Promise<number>;
  /** Resident bytes. */
  memory(): Promise<number>;
  /** Ends it as a person would; returns its exit code. */
  end(): Promise<number | null>;
  /** Ends it in any case, and removes what it left. */
  remove(): Promise<void>;
}

export async function startFuzzedRun(name: string): Promise<FuzzedRun> {
  const directory = await mkdtemp(join(tmpdir(), 'atoll-fuzz-'));
  process.env.XDG_STATE_HOME = join(directory, 'state');
  const more = ['--islands', '1', '--seed', '1', '--evaluations', '1000000000', '--http', '0'];
  const run = startAtoll(['up', '--runs', directory, '--name', name, ...more]);
  let address: CoordinatorAddress | undefined;
  while (address === undefined) {
    if (run.exitCode !== null) throw new Error(run.said());
    await new Promise((resolve) => setTimeout(resolve, 20));
    address = await readAddress(name);
  }
  const { url, token } = address;
  const client = createCoordinatorClient(url, token);
  while ((await client.run()).coverage < 1) await new Promise((resolve) => setTimeout(resolve, 20));
  await client.control('pause');
  const figure = async (series: string) =>
    seriesOf(await (await fetch(`${url}/metrics`)).text()).get(series) ?? Number.NaN;
  return {
    address,
    client,
    figure,
    memory: () => figure('process_resident_memory_bytes'),
    async end() {
      await client.control('stop');
      return run.ended;
    },
    async remove() {
      run.kill('SIGKILL');
      if (run.exitCode === null && run.signalCode === null) await once(run, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
