/** Starts a child that would run for an hour, guards it, and says its pid. */
import { spawn } from 'node:child_process';
import { guard } from '../guard.js';

const child = spawn('sleep', ['3600'], { stdio: 'ignore', detached: true });
guard(child, process.argv[3]);
process.stdout.write(`guards ${child.pid}\n`);
