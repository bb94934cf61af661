import type { ChildProcess } from 'node:child_process';

/** A pipe for messages between two ends; what is sent arrives whole, once and in order, unless the pipe breaks. */
export interface Channel {
  /** Resolves to whether the message was handed over; false once the pipe is broken. Never rejects. */
  send(bytes: Uint8Array): Promise<boolean>;
  /** Registers the one receiver. Messages that came before are delivered to it first. */
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
