import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../../coordinator/fixtures.js';
import { runAtoll } from '../../atoll.js';

it('atoll bench search compares arms, leaves a picture and JSON, and does not do again what is there', async () => {
  const directory = temporaryDirectory();
  try {
    const out = join(directory.path, 'night');
    const arms = ['--arms', 'cppn:mutation,dense:mutation+iso-line', '--seeds', '4'];
    const args = ['bench', 'search', ...arms, '--cost', '300', '--out', out, '--json'];
    const first = await runAtoll(args);
    expect(first.code, first.stderr).toBe(0);
    const found = JSON.parse(first.stdout);
    expect(found).toMatchObject({
      classes: 10,
      cost: 300,
      seeds: [4],
      arms: [{ seeds: [4] }, { seeds: [4] }],
    });
    const files = await readdir(out);
    expect(files.filter((name) => name.endsWith('-seed-4.json'))).toHaveLength(2);
    expect(await readFile(join(out, 'search.svg'), 'utf8')).toContain('dense:mutation+iso-line');
    const again = await runAtoll(args);
    expect(JSON.parse(again.stdout)).toEqual(found);
    expect(again.stderr).not.toContain('forward passes under way\n1 of');
  } finally {
    directory.remove();
  }
});
