import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What people are told to type has to work where they are: this file knows how `atoll` is called there. */

/** Where a person types. */
export interface Shell {
  /** The working directory, absolute. */
  readonly directory: string;
  /** `PATH`. */
  readonly path: string;
  /** The folder of this Atoll: a clone, or what was made of one. */
  readonly home: string;
}

/** The shell that called us. npm runs `npm start` in the folder of the package, wherever it was typed. */
export function callingShell(environment: NodeJS.ProcessEnv = process.env): Shell {
  const { npm_lifecycle_event, INIT_CWD, PATH = '' } = environment;
  const directory = npm_lifecycle_event === 'start' && INIT_CWD ? INIT_CWD : process.cwd();
  return { directory, path: PATH, home: findHome() };
}

/** A command line of Atoll as it works when it is pasted; each of `words` is quoted where a POSIX shell needs that. */
export function commandLine(words: readonly string[], shell: Shell = callingShell()): string {
  return [caller(shell), ...words.map(quote)].join(' ');
}

/** A path as it is typed: relative to where the person is, where that is shorter. Not quoted yet. */
export function typedPath(path: string, shell: Shell = callingShell()): string {
  const absolute = resolve(path);
  const near = relative(shell.directory, absolute) || '.';
  if (near.length >= absolute.length) return absolute;
  // A path that begins with a dash would be taken for a flag.
  return near.startsWith('-') ? `./${near}` : near;
}

/** The text with every command in it, such as `atoll runs` between backticks, as it is called here. */
export function typeable(text: string, shell: Shell = callingShell()): string {
  if (!text.includes('`atoll ')) return text;
  return text.replaceAll('`atoll ', `\`${caller(shell)} `);
}

/** How Atoll is called: by its name, through npx in its clone, or else by the path of its file. */
function caller(shell: Shell): string {
  if (isOnPath(shell.path)) return 'atoll';
  const { directory, home } = shell;
  if (existsSync(join(home, 'node_modules/.bin/atoll')) && packageAround(directory) === home)
    return 'npx atoll';
  const file = ['ops/launcher/atoll.mjs', 'dist/ops/atoll.js']
    .map((each) => join(home, each))
    .find(existsSync);
  return `node ${quote(typedPath(file ?? process.argv[1] ?? 'atoll', shell))}`;
}

/** npm puts the commands of packages on the path of what it starts, but not on that of the shell that started npm. */
function isOnPath(path: string): boolean {
  const folders = path
    .split(delimiter)
    .filter((folder) => folder !== '' && !/node_modules\/\.bin\/?$/.test(folder));
  return folders.some((folder) => {
    try {
      accessSync(join(folder, 'atoll'), constants.X_OK);
      return true;
    } catch {
      // Not in this folder of PATH.
      return false;
    }
  });
}

/** The folder whose commands npx calls: the nearest one that has a package.json or node_modules. */
function packageAround(directory: string): string | undefined {
  if (['package.json', 'node_modules'].some((name) => existsSync(join(directory, name)))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : packageAround(parent);
}

/** The source lies in `ops/cli/`, what is built of it in `dist/ops/cli/`. */
function findHome(): string {
  const two = fileURLToPath(new URL('../..', import.meta.url));
  return resolve(existsSync(join(two, 'package.json')) ? two : join(two, '..'));
}

/** A word as a POSIX shell reads it back. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
