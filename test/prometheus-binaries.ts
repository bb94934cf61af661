import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from './executable.js';

/** Where the tests' Prometheus comes from: the server, and `promtool`, which checks its files. */
export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Debian's package is only unpacked here, not installed: it would start a server. */
const UNPACKED = fileURLToPath(new URL('../node_modules/.cache/atoll/prometheus', import.meta.url));

/** What a test that is skipped says. */
export const WITHOUT_PROMETHEUS =
  'skipped: there is no prometheus with promtool in PATH, and no way to get one (apt-get install prometheus)';

/** From the PATH, else from where {@link providePrometheus} has put it; undefined: there is none. */
export function findPrometheus(): PrometheusBinaries | undefined {
  const path = (process.env.PATH ?? '').split(delimiter).filter((place) => place !== '');
  const places = [...path, join(UNPACKED, 'usr/bin')];
  const found = places.find((place) =>
    ['prometheus', 'promtool'].every((name) => isExecutable(join(place, name))),
  );
  if (found === undefined) return undefined;
  return { prometheus: join(found, 'prometheus'), promtool: join(found, 'promtool') };
}

/** Gets Debian's package where there is none yet and root may; tests that need it are skipped where that fails. */
export function providePrometheus(): void {
  if (findPrometheus() !== undefined || process.getuid?.() !== 0) return;
  mkdirSync(dirname(UNPACKED), { recursive: true });
  const folder = mkdtempSync(join(dirname(UNPACKED), 'unpacking-'));
  const run = (command: string, ...words: readonly string[]) =>
    execFileSync(command, words, { cwd: folder, stdio: 'ignore' });
  try {
    run('apt-get', 'update');
    run('apt-get', 'download', 'prometheus');
    const [archive = ''] = readdirSync(folder);
    run('dpkg-deb', '--extract', archive, 'here');
    renameSync(join(folder, 'here'), UNPACKED);
  } catch {
    // No Debian, or no network, or another process was faster.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
