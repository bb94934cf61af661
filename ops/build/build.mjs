// Builds dist/: the wire code from atoll.proto, the drawing kernel from AssemblyScript, then TypeScript.
// Run by `npm run build`, which `npm ci` runs once by itself (the `prepare` script).
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

/** Runs a package's command with this very Node, so that no shell or PATH is involved. */
function run(packageName, bin, ...args) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin: bins } = require(manifest);
  const script = join(dirname(manifest), typeof bins === 'string' ? bins : bins[bin]);
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
}

const only = process.argv[2];

if (only === undefined || only === 'generate') {
  mkdirSync(join(root, 'protocol/wire/generated'), { recursive: true });
  run(
    'protobufjs-cli',
    'pbjs',
    '--target',
    'static-module',
    '--wrap',
    'esm',
    '--dts',
    '--force-number',
    '--no-verify',
    '--no-convert',
    '--no-delimited',
    '--no-typeurl',
    '--no-comments',
    '--out',
    'protocol/wire/generated/atoll.js',
    'protocol/wire/atoll.proto',
  );
  run(
    'assemblyscript',
    'asc',
    'protocol/drawing/kernel/index.ts',
    '--outFile',
    'protocol/drawing/generated/kernel.wasm',
    '-O3',
    '--noAssert',
    '--converge',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--importMemory',
    '--initialMemory',
    '64',
  );
}

if (only === undefined) {
  run('typescript', 'tsc', '--project', 'tsconfig.json');
  for (const assets of ['protocol/wire/generated', 'protocol/drawing/generated', 'worker/digits/model']) {
    cpSync(join(root, assets), join(root, 'dist', assets), { recursive: true });
  }
}
