// Builds dist/: the wire code from atoll.proto, the drawing kernel from AssemblyScript, then TypeScript, then the
// gallery's page.
// Run by `npm run build`, and by what needs dist/ where it is missing or stale (stale.mjs).
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
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

const modified = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether the target is newer than all that it is made from: the sources, the tools, and this script. */
function upToDate(target, ...sources) {
  return [...sources, 'ops/build/build.mjs', 'package-lock.json'].every(
    (path) => modified(path) < modified(target),
  );
}

/** Static code for FOLDER/NAME.proto, in FOLDER/generated. The .d.ts is made of the comments, so they stay. */
function generateMessages(name, folder, ...options) {
  // Written last.
  if (upToDate(`${folder}/generated/${name}.d.ts`, `${folder}/${name}.proto`)) return;
  mkdirSync(join(root, folder, 'generated'), { recursive: true });
  const shape = ['--target', 'static-module', '--wrap', 'esm', '--dts', '--root', name, ...options];
  const without = ['--no-verify', '--no-convert', '--no-delimited', '--no-typeurl'];
  const files = ['--out', `${folder}/generated/${name}.js`, `${folder}/${name}.proto`];
  run('protobufjs-cli', 'pbjs', ...shape, ...without, ...files);
}

function compileKernel(folder, target) {
  const sources = readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file));
  if (upToDate(target, ...sources)) return;
  const memory = ['--runtime', 'stub', '--importMemory', '--initialMemory', '1'];
  const speed = ['-O3', '--noAssert', '--converge', '--enable', 'simd'];
  run('assemblyscript', 'asc', `${folder}/index.ts`, '--outFile', target, ...speed, ...memory);
}

/**
 * The page is typed with a browser's library, and bundled twice: as a server has it, whose files' names say what is in them,
 * so that old ones go, and as one file, to which `atoll export` adds a run.
 */
function buildPage(folder) {
  const sources = [folder, 'protocol'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true }).map((file) => join(room, file)),
  );
  const configs = ['ops/build/page.config.mjs', 'ops/build/page-file.config.mjs'];
  // Built last.
  if (upToDate(`dist/${folder}-file/wall.html`, ...configs, 'tsconfig.json', ...sources)) return;
  run('typescript', 'tsc', '--project', `${folder}/tsconfig.json`);
  for (const config of configs) run('vite', 'vite', 'build', '--config', config);
}

const only = process.argv[2];

if (only === undefined || only === 'generate') {
  generateMessages('atoll', 'protocol/wire', '--force-number');
  // No plain numbers here: 64-bit attributes such as INT64_MAX must survive.
  generateMessages('onnx', 'worker/onnx');
  compileKernel('protocol/drawing/kernel', 'protocol/drawing/generated/kernel.wasm');
}

if (only === undefined) {
  run('typescript', 'tsc', '--project', 'tsconfig.json');
  // Declarations of what package.json exports, and of nothing else: those of all files take twice as long as the build.
  run('typescript', 'tsc', '--project', 'ops/library/tsconfig.json');
  const generated = ['protocol/wire/generated', 'protocol/drawing/generated', 'worker/onnx/generated'];
  const shipped = ['worker/digits/model', 'worker/digits/second', 'worker/emoji/model'];
  for (const assets of [...generated, ...shipped]) {
    cpSync(join(root, assets), join(root, 'dist', assets), { recursive: true });
  }
  buildPage('coordinator/gallery/page');
  // Last of all: stale.mjs compares its time with that of the sources.
  writeFileSync(join(root, 'dist/.built'), '');
}
