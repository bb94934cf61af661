import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evolveSmallRun } from '../small-run.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDER = join(ROOT, 'ops/examples');

/** Examples that are run, with what they print. The others are parts of these. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  'evolve.ts': /^2000 evaluations, median|\n9: [01]\.\d{4}, genome [0-9a-f]{8}\n$/,
  'my-emitter.ts': /^mutation: median .*\nrestless: median confidence [01]\.\d{4}, \d+ jumps\n$/,
  'my-classifier.ts': /\nbelow right: 0\.9\d{3}\n([ .:\-=+*#]{15}\n){8}$/,
  'read-run.ts':
    /^small: cppn, seed 7, coverage .*\n[\s\S]*\nThe line of the best image, \d+ genomes: [0-9a-f]{8} /,
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-examples-'));
});
afterAll(() => rm(root, { recursive: true }));

const textOf = (name: string) => readFile(join(FOLDER, name), 'utf8');

describe('the examples', () => {
  it('are all run by a test, or are part of one that is', async () => {
    const names = (await readdir(FOLDER)).filter((name) => !(name in PRINTS));
    const texts = await Promise.all(Object.keys(PRINTS).map(textOf));
    const unused = names.filter(
      (name) => !texts.some((text) => text.includes(`'./${name.replace(/\.ts$/, '.js')}'`)),
    );
    expect(unused).toEqual([]);
  });

  it('are short: 60 lines at the most', async () => {
    for (const name of await readdir(FOLDER)) {
      expect((await textOf(name)).trimEnd().split('\n').length, name).toBeLessThanOrEqual(60);
    }
  });

  it('import the package by its name, and nothing else but each other', async () => {
    for (const name of await readdir(FOLDER)) {
      const targets = [...(await textOf(name)).matchAll(/ from '([^']+)'/g)].map(([, target = '']) => target);
      expect(
        targets.filter((target) => target !== 'atoll' && !target.startsWith('./')),
        name,
      ).toEqual([]);
    }
  });

  it.each(Object.entries(PRINTS))(
    '%s does what it says, with the command at its top',
    async (name, printed) => {
      const [, command = ''] = /^\/\/ {3}npm run build && node (.*)$/m.exec(await textOf(name)) ?? [];
      const [script = '', run] = command.split(' ');
      expect(script).toBe(`dist/ops/examples/${name.replace(/\.ts$/, '.js')}`);
      const words = run === undefined ? [] : [await evolveSmallRun(root)];
      const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, script), ...words]);
      expect(stdout).toMatch(printed);
    },
  );
});
