// Says whether dist/ is missing or older than what it is made from, and builds it then. No install script does it: npm
// runs none here (.npmrc). The check takes a few milliseconds, so every command can afford it.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** Written when a build is complete. */
const STAMP = join(root, 'dist/.built');
const FOLDERS = ['protocol', 'coordinator', 'worker', 'ops'];
const FILES = ['package-lock.json', 'tsconfig.json'];
/** What changes nothing in dist/. */
const OTHER = /\.(md|png|yaml|yml|conf|service|sbatch|sh)$/;
const LOCK = join(root, 'node_modules/.atoll-build');
const LOCK_POLL_MS = 100;
const EMPTY_LOCK_MS = 5000;

/** Milliseconds since 1970; 0 for what is not there. */
const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether dist/ lacks something that its sources have. A copy without sources is never stale. */
export function isStale() {
  const built = modified(STAMP);
  return built === 0 || FILES.some((file) => modified(join(root, file)) > built) || FOLDERS.some(hasNewer);

  function hasNewer(folder) {
    if (!existsSync(join(root, folder))) return false;
    return readdirSync(join(root, folder), { withFileTypes: true }).some((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return hasNewer(path);
      return !OTHER.test(entry.name) && modified(join(root, path)) > built;
    });
  }
}

/** Builds where that is needed; returns whether dist/ can be used now. Says on standard error what it does. */
export function buildIfStale() {
  if (!isStale()) return true;
  // Without the tools nothing can be built, and what was built somewhere else is to be run as it is.
  if (!existsSync(join(root, 'node_modules/typescript'))) {
    if (existsSync(STAMP)) return true;
    process.stderr.write(
      'atoll: Atoll is not built, and its build tools are not installed. Run `npm ci` in its folder.\n',
    );
    return false;
  }
  if (existsSync(STAMP) && !isWritable()) {
    process.stderr.write(
      'atoll: the sources are newer than what was built of them, and you may not build it again\n',
    );
    return true;
  }
  return withLock(() => !isStale() || build());
}

/** A clone that root has built may be used by others, who cannot write to it. */
function isWritable() {
  try {
    for (const folder of ['dist', 'node_modules']) accessSync(join(root, folder), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function build() {
  process.stderr.write('atoll: building Atoll, which takes about ten seconds\n');
  // Standard output belongs to the command that is run afterwards.
  const { status } = spawnSync(process.execPath, [join(root, 'ops/build/build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return true;
  process.stderr.write(
    'atoll: Atoll could not be built. Read what is said above, then run `npm run build`.\n',
  );
  return false;
}

/** One build at a time: of several commands that start at once the first one builds, and the others wait for it. */
function withLock(work) {
  for (;;) {
    try {
      const file = openSync(LOCK, 'wx');
      writeSync(file, `${process.pid}`);
      closeSync(file);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') return work();
      if (holderIsGone()) rmSync(LOCK, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
    }
  }
  try {
    return work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function holderIsGone() {
  try {
    const holder = Number(readFileSync(LOCK, 'utf8'));
    // Nothing is in it while its maker writes it, which takes no time.
    if (holder === 0) return Date.now() - modified(LOCK) > EMPTY_LOCK_MS;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || error.code === 'ENOENT';
  }
}
