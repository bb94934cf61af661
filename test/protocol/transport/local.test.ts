import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Channel, processChannel } from '../../../protocol/transport/local/channel.js';
import { channelPair } from '../../../protocol/transport/local/channel-pair.js';
import { createLocalHub } from '../../../protocol/transport/local/hub.js';
import { createLocalIslandLink } from '../../../protocol/transport/local/island-link.js';
import { transportConformance } from './conformance.js';

describe('the local transport within one process', () => {
  transportConformance(async () => {
    const hub = createLocalHub();
    return {
      coordinator: hub,
      async connect() {
        const [near, far] = channelPair();
        hub.attach(near);
        return createLocalIslandLink(far);
      },
      close: () => hub.close(),
    };
  });
});

describe('the local transport between processes', () => {
  // Each island's bytes go to a real child process and come back: the pipe is real, both ends are under test here.
  transportConformance(async () => {
    const hub = createLocalHub();
    const children: ChildProcess[] = [];
    return {
      coordinator: hub,
      async connect() {
        const [out, back] = [await echo(children), await echo(children)];
        const [near, far] = [joined(back, out), joined(out, back)];
        hub.attach(near);
        return createLocalIslandLink(far);
      },
      async close() {
        await hub.close();
        await Promise.all(
          children.map(async (child) => {
            if (child.exitCode === null) await once(child, 'exit');
          }),
        );
      },
    };
  });
});

describe('the hub', () => {
  it('counts nonsense by reason and goes on', async () => {
    const hub = createLocalHub();
    const [near, far] = channelPair();
    hub.attach(near);
    await far.send(new Uint8Array([255, 1, 2]));
    await far.send(new Uint8Array([8, 9, 18, 0]));
    await new Promise((resolve) => setTimeout(resolve, 10));
    await hub.close();
    const reasons: string[] = [];
    for await (const event of hub.inbox) if (event.type === 'rejected') reasons.push(event.reason);
    expect(reasons).toEqual(['malformed', 'wrong-version']);
  });
});

/** A child process that sends back whatever it gets. */
async function echo(children: ChildProcess[]): Promise<Channel> {
  const script = "process.on('message', (m) => process.send(m, () => {})); process.send('ready')";
  const child = spawn(process.execPath, ['-e', script], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  await once(child, 'message');
  return processChannel(child);
}

/** A channel that sends through one pipe and receives from another, and breaks when either does. */
function joined(sending: Channel, receiving: Channel): Channel {
  return {
    send: sending.send,
    receive: receiving.receive,
    onClose: sending.onClose,
    close() {
      sending.close();
      receiving.close();
    },
  };
}
