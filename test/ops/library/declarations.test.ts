import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** A project of somebody else, in which Atoll is installed. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'atoll-declarations-'));
  await mkdir(join(project, 'node_modules'));
  await symlink(ROOT, join(project, 'node_modules/atoll'));
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rm(project, { recursive: true }));

/** The `@example`s of the docstrings in ops/library, each as a program. */
async function writeDocumented(): Promise<number> {
  let count = 0;
  for (const name of await readdir(join(ROOT, 'ops/library'))) {
    const text = await readFile(join(ROOT, 'ops/library', name), 'utf8');
    for (const [, block = ''] of text.matchAll(/^ \* @example\n((?: \* .*\n)+)/gm)) {
      const code = block.replace(/^ \* /gm, '');
      const imports = "import { evolve, openClassifier, openRun } from 'atoll';\n";
      await writeFile(join(project, `documented-${++count}.ts`), `${imports}${code}`);
    }
  }
  return count;
}

describe('the package, in a project of somebody else', () => {
  it('has declarations with which the examples and those of its docstrings compile', async () => {
    await cp(join(ROOT, 'ops/examples'), project, { recursive: true });
    expect(await writeDocumented()).toBe(3);
    const files = (await readdir(project)).filter((name) => name.endsWith('.ts'));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
    const types = ['--lib', 'es2023,esnext.disposable', '--types', 'node', '--skipLibCheck'];
    const roots = ['--typeRoots', join(ROOT, 'node_modules/@types')];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [TSC, ...options, ...types, ...roots, ...files],
      { cwd: project },
    ).catch((error: { readonly stdout: string }) => error);
    expect(stdout).toBe('');
  });

  it('runs', async () => {
    const program = "import { createArchive } from 'atoll'; console.log(createArchive(3).classes);";
    await writeFile(join(project, 'program.js'), program);
    const { stdout } = await promisify(execFile)(process.execPath, ['program.js'], { cwd: project });
    expect(stdout).toBe('3\n');
  });
});
