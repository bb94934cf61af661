// Removes from node_modules what an image never loads: node trim.mjs cpu|gpu|tensorflow, in the build stage alone. ONNX
// Runtime brings its libraries for all systems, TensorFlow.js its sources, maps and bundles for browsers.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const modules = 'node_modules';
const [, , kind] = process.argv;
if (!['cpu', 'gpu', 'tensorflow'].includes(kind))
  throw new Error(`expected cpu, gpu or tensorflow, got ${kind}`);

const remove = (path) => rmSync(join(modules, path), { recursive: true, force: true });

/** Removes from a folder all that does not match; a folder that is not there is left so. */
function keepOnly(path, kept) {
  let entries = [];
  try {
    entries = readdirSync(join(modules, path));
  } catch {
    return;
  }
  for (const entry of entries) if (!kept.test(entry)) remove(`${path}/${entry}`);
}

const system = new RegExp(`^linux-${process.arch}$`);
keepOnly('onnxruntime-node/bin/napi-v6', /^linux$/);
keepOnly('onnxruntime-node/bin/napi-v6/linux', new RegExp(`^${process.arch}$`));
// A machine without a GPU has no WebGPU but for tests.
keepOnly('webgpu/dist', kind === 'cpu' ? /^$/ : system);

// Node loads the one file that `main` names, and the kernels of WebAssembly. tfjs-node-gpu reaches for more.
if (kind !== 'tensorflow') {
  for (const name of readdirSync(join(modules, '@tensorflow'))) {
    keepOnly(`@tensorflow/${name}`, /^(package\.json|LICENSE.*|dist)$/);
    keepOnly(`@tensorflow/${name}/dist`, /\.node\.js$|\.wasm$/);
  }
}

for (const path of readdirSync(modules, { recursive: true, encoding: 'utf8' })) {
  if (/\.(map|md|markdown|d\.[cm]?ts)$/.test(path)) remove(path);
}
