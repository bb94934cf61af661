import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends a child when this process dies, by whatever signal, and removes its directory: a suite that is interrupted leaves
 * nothing running.
 */
export function guard(child: ChildProcess, directory = ''): void {
  // One that could not be started has nothing to be ended.
  if (child.pid === undefined) return;
  // The guard's standard input ends when this process does.
  const script = 'cat >/dev/null; kill -9 "$0"; [ -z "$1" ] || rm -rf "$1"';
  const sentry = spawn('sh', ['-c', script, String(child.pid), directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.once('exit', () => {
    sentry.kill('SIGKILL');
    sentry.stdin?.destroy();
  });
}
