import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startChild } from './child.js';
import { untilGone } from './ops/running.js';

it('a process that a killed test started ends with it, and its directory goes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'atoll-guarded-'));
  const guardian = startChild('guardian.ts', directory);
  const pid = Number((await guardian.line('guards')).split(' ')[1]);
  await guardian.kill();
  await untilGone(pid);
  while (existsSync(directory)) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(pid).toBeGreaterThan(1);
});
