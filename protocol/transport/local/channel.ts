import type { ChildProcess } from 'node:child_process';

/** A pipe for messages between two ends; what is sent arrives whole, once and in order, unless the pipe breaks. */
export interface Channel {
  /** Resolves to whether the message was handed over; false once the pipe is broken. Never rejects. */
  send(bytes: Uint8Array): Promise<boolean>;
  /** Registers the one receiver. What came before is delivered to it first. */
  receive(listener: (bytes: Uint8Array) => void): void;
  /** Calls back once, when the pipe is closed or broken; at once if it already is. */
  onClose(listener: () => void): void;
  close(): void;
}

/** The channel between a process and a child it forked with `serialization: 'advanced'`; either end passes its own. */
export function processChannel(peer: ChildProcess | NodeJS.Process): Channel {
  return {
    send: (bytes) =>
      new Promise((resolve) => {
        if (!peer.connected || peer.send === undefined) resolve(false);
        else peer.send(bytes, undefined, undefined, (error: Error | null) => resolve(error === null));
      }),
    receive(listener) {
      peer.on('message', (message: unknown) => {
        if (message instanceof Uint8Array) listener(message);
      });
    },
    onClose(listener) {
      if (peer.connected) peer.once('disconnect', listener);
      else listener();
    },
    close() {
      if (peer.connected) peer.disconnect?.();
    },
  };
}

/** Two ends of a channel within one process. */
export function channelPair(): [Channel, Channel] {
  const ends = [createEnd(), createEnd()] as const;
  const join = (mine: End, other: End): Channel => ({
    async send(bytes) {
      if (mine.closed) return false;
      // A copy, as between processes: the sender may use its memory again.
      const copy = bytes.slice();
      queueMicrotask(() => other.deliver(copy));
      return true;
    },
    receive: mine.receive,
    onClose: mine.onClose,
    close() {
      mine.close();
      queueMicrotask(other.close);
    },
  });
  return [join(ends[0], ends[1]), join(ends[1], ends[0])];
}

type End = ReturnType<typeof createEnd>;

function createEnd() {
  const early: Uint8Array[] = [];
  const closeListeners: (() => void)[] = [];
  let listener: ((bytes: Uint8Array) => void) | undefined;
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    deliver(bytes: Uint8Array) {
      if (closed) return;
      if (listener) listener(bytes);
      else early.push(bytes);
    },
    receive(receiver: (bytes: Uint8Array) => void) {
      listener = receiver;
      for (const bytes of early.splice(0)) receiver(bytes);
    },
    onClose(callback: () => void) {
      if (closed) callback();
      else closeListeners.push(callback);
    },
    close() {
      if (closed) return;
      closed = true;
      for (const callback of closeListeners.splice(0)) callback();
    },
  };
}
