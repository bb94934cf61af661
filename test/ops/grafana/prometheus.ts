import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { freePort } from '../../nats-server.js';
import { endAll, startProgram, untilSaid } from '../running.js';

const SHIPPED = fileURLToPath(new URL('../../../ops/prometheus', import.meta.url));

interface Configuration {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly { readonly job_name: string }[];
}

/** A real Prometheus with the shipped rules and the shipped jobs, whose targets are elsewhere. */
export interface TestPrometheus extends AsyncDisposable {
  readonly url: string;
}

/** @param targets addresses, HOST:PORT, by the name of the job */
export async function startPrometheus(
  program: string,
  targets: Readonly<Record<string, string>>,
): Promise<TestPrometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'atoll-prometheus-'));
  const address = `127.0.0.1:${await freePort()}`;
  const shipped = parse(readFileSync(join(SHIPPED, 'prometheus.yml'), 'utf8')) as Configuration;
  const configuration = {
    // A test has no time for the ten seconds of the shipped file.
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: shipped.rule_files.map((file) => join(SHIPPED, file)),
    scrape_configs: shipped.scrape_configs.map(({ job_name }) => ({
      job_name,
      static_configs: [{ targets: [targets[job_name] ?? address] }],
    })),
  };
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, stringify(configuration));
  const flags = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
  ];
  const running = startProgram(program, flags, { env: process.env });
  await untilSaid(running, /Server is ready to receive web requests/);
  return {
    url: `http://${address}`,
    async [Symbol.asyncDispose]() {
      await endAll([running]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
