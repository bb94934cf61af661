import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createNetworkProcess, type NetworkProcess } from '../../../ops/gallery/network-process.js';
import { specOf } from '../../coordinator/fixtures.js';

const HANG = 0;
const DIE = 1;

let network: NetworkProcess;
afterEach(() => network.close());

function start(limits = {}): void {
  network = createNetworkProcess(
    { modelDirectory: '/nowhere', spec: specOf(4) },
    { questions: 2, answerMilliseconds: 30_000, idleMilliseconds: 30_000, ...limits },
    new URL('./child.mjs', import.meta.url),
  );
}

const ask = (word: number) => network.ask({ type: 'picture', bytes: Uint8Array.of(word) });

/** The process that answered. */
async function processOf(word = 7): Promise<number> {
  const verdict = await ask(word);
  return verdict.type === 'seen' ? (verdict.best[0]?.confidence ?? 0) : 0;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the process of a network', () => {
  it('answers in the order of the questions, and stays while somebody asks', async () => {
    start();
    const [three, four] = await Promise.all([ask(3), ask(4)]);
    expect([three, four]).toMatchObject([{ best: [{ classId: 3 }] }, { best: [{ classId: 4 }] }]);
    const pid = await processOf();
    expect(await processOf()).toBe(pid);
  });

  it('ends when there were no questions for a while; the next question starts another', async () => {
    start({ idleMilliseconds: 50 });
    const pid = await processOf();
    while (isAlive(pid)) await pause(10);
    expect(await processOf()).not.toBe(pid);
  });

  it('takes so many questions and no more', async () => {
    start();
    const hanging = [ask(HANG), ask(HANG)];
    expect(await ask(3)).toEqual({ type: 'busy' });
    await network.close();
    expect(await Promise.all(hanging)).toMatchObject([{ type: 'absent' }, { type: 'absent' }]);
  });

  it('is ended by a question that takes too long, and the next one starts it again', async () => {
    start({ answerMilliseconds: 300 });
    expect(await ask(HANG)).toMatchObject({ type: 'absent', problem: expect.stringMatching(/ended/) });
    start();
    expect(await processOf()).toBeGreaterThan(0);
  });

  it('that dies is no answer, and is started again', async () => {
    start();
    expect(await ask(DIE)).toMatchObject({ type: 'absent' });
    expect(await processOf()).toBeGreaterThan(0);
  });

  it('knows of no input where the model cannot be read', async () => {
    start();
    expect(await network.input).toBeUndefined();
  });
});
