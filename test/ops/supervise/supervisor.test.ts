import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type ChildEvent, superviseChildren } from '../../../ops/supervise/supervisor.js';

/** Children that do what their names say, and what happened to them. */
function supervise(...children: readonly (readonly [name: string, what: string])[]) {
  const events: ChildEvent[] = [];
  const started: { readonly process: ChildProcess; readonly child: string }[] = [];
  const supervisor = superviseChildren({
    main: new URL('./child.mjs', import.meta.url),
    children: new Map(children.map(([name, what]) => [name, [what]])),
    onStart: (process, child) => void started.push({ process, child }),
    onEvent: (event) => void events.push(event),
  });
  return { supervisor, events, started };
}

describe('the supervisor', () => {
  it('is done when every child has finished, was told to leave, or cannot work', async () => {
    const { supervisor, events } = supervise(['a', '0'], ['b', '130'], ['c', '2']);
    await supervisor.done;
    expect(events).toHaveLength(3);
    expect(events).toEqual(
      expect.arrayContaining([
        { type: 'finished', child: 'a' },
        { type: 'finished', child: 'b' },
        { type: 'gave-up', child: 'c', how: 'exit code 2' },
      ]),
    );
  });

  it('starts a child that dies again under its name, later each time', async () => {
    const { supervisor, events, started } = supervise(['a', '1']);
    while (started.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    await supervisor.stop(0);
    expect(started.map(({ child }) => child)).toEqual(['a', 'a', 'a']);
    expect(events.slice(0, 2)).toEqual([
      { type: 'died', child: 'a', how: 'exit code 1', delayMs: 250 },
      { type: 'died', child: 'a', how: 'exit code 1', delayMs: 500 },
    ]);
  });

  it('starts no child again once it has retired, and says that it ended', async () => {
    const { supervisor, events, started } = supervise(['a', 'stay'], ['b', '1']);
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    supervisor.retire();
    for (const { process } of started) process.kill('SIGKILL');
    await supervisor.done;
    expect(started).toHaveLength(2);
    expect(events).toEqual([
      { type: 'died', child: 'b', how: 'exit code 1', delayMs: 250 },
      { type: 'ended', child: 'a', how: 'signal SIGKILL' },
    ]);
  });

  it('kills children that outlast its grace, and starts none again', async () => {
    const { supervisor, events, started } = supervise(['a', 'stay'], ['b', 'stay']);
    await supervisor.stop(50);
    await supervisor.done;
    expect(started.map(({ process }) => process.signalCode)).toEqual(['SIGKILL', 'SIGKILL']);
    expect(events).toEqual([]);
  });
});
