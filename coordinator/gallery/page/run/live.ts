import type { LiveCells, LiveMessage, LiveStatus } from '../../../../protocol/wire/live.js';
import { decodeLive } from '../../../../protocol/wire/live-codec.js';
import type { BackOff } from './back-off.js';

/** What comes of following a run's live messages. */
export interface Followers {
  onCells(cells: LiveCells): void;
  onStatus(status: LiveStatus): void;
  /** A new connection: all cells are told anew. */
  onOpen(): void;
  /** The connection is gone; the next try is in so many milliseconds. */
  onLost(wait: number): void;
}

/** A status comes every second: a connection that says nothing for so long is dead, whatever the network says. */
const SILENCE_MS = 8000;

/** Follows the messages at an address until it is closed, connecting again for as long as it takes. */
export function follow(address: string, followers: Followers, backOff: BackOff): { close(): void } {
  let socket: WebSocket | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function connect(): void {
    const opened = new WebSocket(address);
    socket = opened;
    opened.binaryType = 'arraybuffer';
    opened.addEventListener('open', () => {
      followers.onOpen();
      listen();
    });
    opened.addEventListener('message', ({ data }) => {
      listen();
      take(new Uint8Array(data as ArrayBuffer));
    });
    opened.addEventListener('close', () => lose(opened));
    listen();
  }

  function listen(): void {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      if (socket === undefined) return;
      const silent = socket;
      silent.close();
      lose(silent);
    }, SILENCE_MS);
  }

  function take(bytes: Uint8Array): void {
    let message: LiveMessage;
    try {
      message = decodeLive(bytes);
    } catch {
      // Of another version, or none at all: connecting again may meet a server that speaks ours.
      socket?.close();
      return;
    }
    backOff.reset();
    if (message.type === 'cells') followers.onCells(message);
    else followers.onStatus(message);
  }

  function lose(lost: WebSocket): void {
    if (closed || lost !== socket) return;
    socket = undefined;
    clearTimeout(watchdog);
    const wait = backOff.next();
    followers.onLost(wait);
    retry = setTimeout(connect, wait);
  }

  /** What slept (a closed lid, a hidden tab) need not wait for its turn. */
  function hurry(): void {
    if (document.visibilityState !== 'visible' || socket !== undefined) return;
    clearTimeout(retry);
    connect();
  }

  document.addEventListener('visibilitychange', hurry);
  addEventListener('online', hurry);
  connect();
  return {
    close() {
      closed = true;
      clearTimeout(retry);
      clearTimeout(watchdog);
      document.removeEventListener('visibilitychange', hurry);
      removeEventListener('online', hurry);
      socket?.close();
    },
  };
}
