import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The source as it lies there, with what each file imports: what tests of the architecture read. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['protocol', 'coordinator', 'worker', 'ops', 'test'];

export interface Import {
  /** A path relative to the root where it is one of ours, else a package or `node:` module. */
  readonly target: string;
  /** Only its types: nothing is loaded. */
  readonly typeOnly: boolean;
  /** Loaded when it is called for, not with the file. */
  readonly later: boolean;
}

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** All TypeScript that people wrote; the kernel is AssemblyScript, which imports nothing of ours. */
export const SOURCES: readonly Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).split(sep).join('/'))
    .filter((path) => /\.tsx?$/.test(path) && !/\/(generated|kernel)\//.test(path))
    .map(read),
);
export const SHIPPED = SOURCES.filter(({ path }) => !path.startsWith('test/'));
export const BY_PATH = new Map(SOURCES.map((source) => [source.path, source]));

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const statements = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
  const calls = /\b(?:import|require)\('([^']+)'\)/g;
  const imports = [
    ...[...text.matchAll(statements)].map(([, type, target = '']) => ({
      target,
      typeOnly: Boolean(type),
      later: false,
    })),
    ...[...text.matchAll(calls)].map(([, target = '']) => ({ target, typeOnly: false, later: true })),
  ];
  return { path, text, imports: imports.map((each) => ({ ...each, target: locate(path, each.target) })) };
}

function locate(from: string, target: string): string {
  // What package.json exports.
  if (target === 'atoll') return 'ops/library/index.ts';
  if (!target.startsWith('.')) return target;
  const path = relative(ROOT, join(ROOT, dirname(from), target))
    .split(sep)
    .join('/');
  if (path.includes('/generated/') || !path.endsWith('.js')) return path;
  const source = path.replace(/\.js$/, '.ts');
  return existsSync(join(ROOT, source)) ? source : `${source}x`;
}

export const isOurs = (target: string): boolean => FOLDERS.includes(target.split('/')[0] ?? '');

/** Code alone. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
