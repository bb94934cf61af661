import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('npx finds atoll in a clone, with no network, and npm knows every setting of .npmrc', async () => {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)('npx', ['--offline', 'atoll', '--version'], { cwd });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(stderr).not.toContain('project config');
});
