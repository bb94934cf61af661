import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the prose of this repository names: files, sections, flags, commands. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['protocol', 'coordinator', 'worker', 'ops', 'test'];

/** All files, from the root, with `/`; of `dist/` those that are built of them. */
export const FILES: readonly string[] = [
  ...readdirSync(ROOT, { withFileTypes: true }).flatMap((each) => (each.isFile() ? each.name : [])),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name).split(sep).join('/'))
      .filter((path) => !/\/(?:node_modules|generated)\//.test(path)),
  ),
];

/** A piece of prose, line by line. */
export interface Prose {
  /** The file that it stands in, from the root. */
  readonly path: string;
  readonly lines: readonly string[];
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Pages for people. */
export const PAGES: readonly Prose[] = FILES.filter((path) => path.endsWith('.md')).map((path) => ({
  path,
  lines: read(path).split('\n'),
}));

/** The comments of all sources, and what those that are shipped say: their strings of two words or more. */
export const SOURCES: readonly Prose[] = FILES.filter((path) =>
  /\.(?:ts|mjs|proto|conf|service|sbatch)$/.test(path),
).map((path) => {
  const text = read(path);
  const comments = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$|^\s*#.*$/gm;
  const strings = /'(?:[^'\\\n]|\\.)* (?:[^'\\\n]|\\.)*'|"[^"\\\n]* [^"\\\n]*"|`[^`]* [^`]*`/g;
  const pieces = path.startsWith('test/') ? [comments] : [comments, strings];
  return {
    path,
    lines: pieces.flatMap((piece) => [...text.matchAll(piece)].flatMap(([found]) => found.split('\n'))),
  };
});

/** The text of every file of ops/, where all programs are. */
export const OPS: readonly string[] = FILES.filter((path) => /^ops\/.*\.ts$/.test(path)).map(read);

/** Scripts of package.json, as `npm run` calls them. */
export const SCRIPTS: readonly string[] = Object.keys(
  (JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }).scripts,
);

/** Paths and names of files in a line; `*` stands for any letters, and what stands in capitals for any folder. */
export function filesIn(line: string): string[] {
  const named =
    /(?<![\w./@:~$}*-])(?:[\w@.*-]+\/)*[\w@*-][\w.@*-]*\.(?:ts|mjs|md|proto|conf|sbatch|service)\b/g;
  const folders = /(?<![\w./@:~$}*-])(?:dist\/)?(?:protocol|coordinator|worker|ops|test)\/[\w@.*/-]*[\w@*]/g;
  return [named, folders]
    .flatMap((pattern) => [...line.matchAll(pattern)].map(([token]) => token))
    .filter((token) => !/\b(?:FOLDER|PATH|NAME|DIR)\b/.test(token));
}

/** Whether there is such a file or folder: from the root, from the file that names it, or the end of a path. */
export function isFile(token: string, from: string): boolean {
  const name = token.replace(/^dist\/(.*?)(?:\.js)?$/, '$1').replace(/^(?:\.\.?\/)+/, '');
  const escaped = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  const pattern = new RegExp(`(?:^|/)${escaped}(?:\\.ts)?$`);
  return FILES.some((path) => pattern.test(path)) || FILES.includes(`${from.replace(/[^/]*$/, '')}${name}`);
}

/** Sections that a line names, with the page: `README, "Pictures"`, `see *Pictures*` of the page itself. */
export function sectionsIn(line: string, from: string): { readonly page: string; readonly title: string }[] {
  const elsewhere =
    /\b(README|ARCHITECTURE|CONTRIBUTING|[A-Z]{4,}(?=\.md))(?:\.md)?(?:'s)?[,:]? (?:section )?(?:"([^"]+)"|\*([^*]+)\*)/g;
  const here = /\bsee \*([^*]+)\*/g;
  const links = /\]\(([\w./-]*)#([\w-]+)\)/g;
  return [
    ...[...line.matchAll(elsewhere)].map(([, page, quoted, leaning]) => ({
      page: `${page}.md`,
      title: quoted ?? leaning ?? '',
    })),
    ...(from.endsWith('.md') ? [...line.matchAll(here)] : []).map(([, title = '']) => ({
      page: from,
      title,
    })),
    ...[...line.matchAll(links)].map(([, page, title = '']) => ({ page: page || from, title })),
  ];
}

/** Whether a page has a heading of this title or anchor. */
export function isSection({ page, title }: { readonly page: string; readonly title: string }): boolean {
  const anchor = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .trim()
      .replaceAll(' ', '-');
  const lines = PAGES.find(({ path }) => path === page)?.lines ?? [];
  return lines.some((line) => /^#+ /.test(line) && anchor(line.replace(/^#+ /, '')) === anchor(title));
}

/** Long flags in a line that are for Atoll: other programs have their own. */
export function flagsIn(line: string): string[] {
  if (
    /\b(?:systemctl|sbatch|python|pbjs|git|vitest|apt-get|inspect-brk|docker|docker-compose|kubectl|helm)\b/.test(
      line,
    )
  )
    return [];
  return [...line.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);
}
