import type { Channel } from './channel.js';

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
