import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The source as it lies in the repository, with what each file imports. */

/** The top-level folders, all but `test`. */
export const AREAS = ['ops', 'coordinator', 'worker', 'protocol'] as const;

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

/** All TypeScript in `folders` that people wrote; the kernel is AssemblyScript, which imports nothing of ours. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name).split(sep).join('/'))
      .filter((path) => /\.tsx?$/.test(path) && !/\/(generated|kernel|node_modules)\//.test(path))
      .sort()
      .map((path) => read(root, path)),
  );
}

function read(root: string, path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
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
  return {
    path,
    text,
    imports: imports.map((each) => ({ ...each, target: locate(root, path, each.target) })),
  };
}

function locate(root: string, from: string, target: string): string {
  // What package.json exports.
  if (target === 'atoll') return 'ops/library/index.ts';
  if (!target.startsWith('.')) return target;
  // Vite is told after a question mark what to make of a file.
  const path = relative(root, join(root, dirname(from), target.replace(/\?.*$/, '')))
    .split(sep)
    .join('/');
  if (path.includes('/generated/') || !path.endsWith('.js')) return path;
  const source = path.replace(/\.js$/, '.ts');
  return existsSync(join(root, source)) ? source : `${source}x`;
}
