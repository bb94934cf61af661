import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockOwner, lockRun } from '../../../coordinator/run/run-lock.js';
import { startChild } from '../../child.js';
import { temporaryDirectory } from '../fixtures.js';

describe('a run directory in use', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(() => directory.remove());

  const me = () => ({ pid: process.pid, command: 'atoll test', since: new Date(1_700_000_000_000) });

  it('is locked, and a second one is told who has it, until it is released', async () => {
    expect(await lockOwner(directory.path)).toBeUndefined();
    const lock = lockRun(directory.path, me());
    expect(await lockOwner(directory.path)).toMatchObject(me());
    const who = new RegExp(
      `in use by process ${process.pid} on .* \\(atoll test\\), since 2023-11-14T22:13:20`,
    );
    expect(() => lockRun(directory.path, me())).toThrow(who);
    expect(() => lockRun(directory.path, me())).toThrow(
      expect.objectContaining({ code: 'ERR_RUN_LOCKED', exitCode: 2 }),
    );
    lock.release();
    lock.release();
    expect(await lockOwner(directory.path)).toBeUndefined();
    lockRun(directory.path, me()).release();
  });

  it('is free again the moment its process is killed', async () => {
    const child = startChild('locker.ts', directory.path);
    await child.line('locked');
    expect(await lockOwner(directory.path)).toMatchObject({ pid: child.process.pid, command: 'atoll up' });
    expect(() => lockRun(directory.path, me())).toThrow(`process ${child.process.pid}`);
    await child.kill();
    expect(await lockOwner(directory.path)).toBeUndefined();
    lockRun(directory.path, me()).release();
  });

  it('goes to exactly one of many that try at once', async () => {
    const children = Array.from({ length: 3 }, () => startChild('locker.ts', directory.path));
    const results = await Promise.all(
      children.map((child) =>
        child.line('locked').then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    const owner = children[results.indexOf(true)]?.process.pid;
    expect((await lockOwner(directory.path))?.pid).toBe(owner);
    for (const child of children) await child.kill();
  });
});
