// Takes the run directory argv[3] and holds it until it is killed.
import { lockRun } from '../../coordinator/run/run-lock.js';

try {
  lockRun(process.argv[3] ?? '', { pid: process.pid, command: 'atoll up', since: new Date(0) });
  process.stdout.write('locked\n');
  setInterval(() => undefined, 1000);
} catch {
  process.exit(2);
}
