import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** Names that tools give to every file or folder of their kind; they tell no model from another. */
const SAYS_NOTHING = new Set([
  ...['model', 'models', 'network', 'net', 'best', 'last', 'final', 'weights', 'saved_model', 'savedmodel'],
  ...['model_quantized', 'model_fp16', 'model_int8', 'model_q8', 'model_uint8', 'model_optimized'],
  ...[
    'web_model',
    'tfjs',
    'tfjs_model',
    'tfjs_models',
    'web',
    'js',
    'json',
    'onnx',
    'export',
    'exports',
    'exported',
  ],
  ...['downloads', 'desktop', 'documents'],
  ...[
    'dist',
    'build',
    'out',
    'output',
    'public',
    'assets',
    'converted',
    'converted_tfjs',
    'checkpoint',
    'checkpoints',
  ],
]);

/**
 * The name of a model that has none of its own: after its file, or where that says nothing (`model.json`, `best.onnx`) after
 * the nearest folder that says something. `otherwise` is a name that its metadata has, for where no folder does;
 * without it the file's own name serves.
 */
export function nameOf(path: string, otherwise?: string): string {
  const own = basename(path).replace(/\.(?:onnx|json)$/i, '');
  for (const name of [own, ...foldersOf(path)]) if (tells(name)) return name;
  return otherwise ?? own;
}

/** A model's file as sentences call it; every TensorFlow.js model is called model.json, so its folder comes with it. */
export function fileName(path: string): string {
  const own = basename(path);
  return own.endsWith('.json') ? join(basename(dirname(resolve(path))), own) : own;
}

/** The folders that a path lies in, the nearest first, three at the most, and none that a person has whatever the model. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  let folder = dirname(resolve(path));
  while (folders.length < 3 && folder !== homedir() && folder !== tmpdir() && folder !== dirname(folder)) {
    folders.push(basename(folder));
    folder = dirname(folder);
  }
  return folders;
}

function tells(name: string): boolean {
  return !SAYS_NOTHING.has(name.toLowerCase().replaceAll('-', '_'));
}
