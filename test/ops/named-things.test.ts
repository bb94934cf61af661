import { describe, expect, it } from 'vitest';
import {
  FILES,
  filesIn,
  flagsIn,
  isFile,
  isSection,
  OPS,
  PAGES,
  type Prose,
  SCRIPTS,
  SOURCES,
  sectionsIn,
} from './named.js';
import { flagsOf } from './shipped-flags.js';

/** Files of other projects, of which a comment says whose they are. */
const FOREIGN = ['utils/tf.ts', 'tensorflow/core/framework/types.proto'];
/** Written by a command of this repository, and kept out of it. */
const MADE = /^ops\/docker\/secrets\b/;

/** Of units and batch scripts tests of their own know the flags; the build calls other programs. */
const OTHER_PROGRAMS = /^(?:ops\/(?:systemd|slurm|build)|test)\//;

/** The flags that programs of ops/ declare. */
const FLAGS = new Set([
  '--help',
  '--version',
  // Of docker compose, which the runbook speaks of.
  '--profile',
  ...OPS.flatMap((text) => [...text.matchAll(/'(--[a-z][a-z-]*)[ ']/g)].map(([, flag = '']) => flag)),
]);

/** `a: b` for all that `find` gives of a line, if it is not `known`. */
function strays(
  prose: readonly Prose[],
  find: (line: string, path: string) => readonly string[],
  known: (token: string, path: string) => boolean,
): string[] {
  return prose.flatMap(({ path, lines }) =>
    lines.flatMap((line) =>
      find(line, path)
        .filter((token) => !known(token, path))
        .map((token) => `${path}: ${token}`),
    ),
  );
}

const wordsIn = (pattern: RegExp) => (line: string) =>
  [...line.matchAll(pattern)].map(([, word = '']) => word);

describe('pages, comments and messages name', () => {
  const all = [...PAGES, ...SOURCES];

  it('files and folders that exist', () => {
    expect(all.length).toBeGreaterThan(300);
    expect(
      strays(
        all,
        filesIn,
        (token, path) => FOREIGN.includes(token) || MADE.test(token) || isFile(token, path),
      ),
    ).toEqual([]);
    const links = wordsIn(/\]\((?!https?:)([^)#]+)\)/g);
    expect(strays(PAGES, links, (token, path) => isFile(token, path))).toEqual([]);
  });

  it('sections that exist', () => {
    const missing = all.flatMap(({ path, lines }) =>
      lines.flatMap((line) => sectionsIn(line, path)).filter((section) => !isSection(section)),
    );
    expect(missing).toEqual([]);
  });

  it('flags that exist', () => {
    const ours = all.filter(({ path }) => !OTHER_PROGRAMS.test(path));
    expect(strays(ours, flagsIn, (flag) => FLAGS.has(flag))).toEqual([]);
  });

  it('flags that the very command has', async () => {
    for (const { path, lines } of PAGES) {
      for (const line of lines) {
        const [, name, rest = ''] = /\batoll ([a-z]+)((?: [^`#]*)?)/.exec(line.replaceAll('\\', '')) ?? [];
        const flags = name === undefined ? undefined : await flagsOf(name);
        // `models pull` and the like: their flags are the others' business.
        if (flags === undefined || /^ [a-z]+ ?/.test(rest)) continue;
        for (const flag of flagsIn(rest)) expect([...flags, '--help'], `${path}: ${line}`).toContain(flag);
      }
    }
  });

  it('commands and scripts that exist', async () => {
    const commands = wordsIn(/`(?:npx )?atoll ([a-z]+)\b/g);
    const names = new Set(
      all.filter(({ path }) => !path.startsWith('test/')).flatMap(({ lines }) => lines.flatMap(commands)),
    );
    for (const name of names) expect(await flagsOf(name), name).toBeDefined();
    expect(strays(all, wordsIn(/\bnpm run ([\w:]+)/g), (script) => SCRIPTS.includes(script))).toEqual([]);
  });
});

describe('a name in prose', () => {
  it('is found where it stands, and is missed where nothing bears it', () => {
    expect(filesIn('see http/measure.ts, and `coordinator/nowhere/` or DESIGN.md')).toEqual([
      'http/measure.ts',
      'DESIGN.md',
      'coordinator/nowhere',
    ]);
    for (const name of ['http/measure.ts', 'DESIGN.md', 'coordinator/nowhere']) {
      expect(isFile(name, 'README.md')).toBe(false);
    }
    for (const name of [
      'http/server.ts',
      'protocol/spec/*-spec.ts',
      'dist/ops/atoll.js',
      './file.ts',
      'ops/nats',
    ]) {
      expect(isFile(name, 'worker/onnx/graph.ts')).toBe(true);
    }
    expect(FILES).toContain('coordinator/export/glyphs.ts');
  });

  it('is a section only where a page has such a heading', () => {
    const [gpus, pictures] = [
      ...sectionsIn('README "GPUs"', ''),
      ...sectionsIn('see *Pictures*', 'README.md'),
    ];
    expect(gpus && isSection(gpus)).toBe(false);
    expect(pictures && isSection(pictures)).toBe(true);
  });

  it('is a flag only where Atoll is called', () => {
    expect(flagsIn('npx atoll up --sped 3')).toEqual(['--sped']);
    expect(FLAGS.has('--sped')).toBe(false);
    expect(flagsIn('systemctl enable --now atoll-worker')).toEqual([]);
  });
});
