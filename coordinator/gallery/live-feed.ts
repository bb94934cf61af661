import type { LiveCell, LiveStatus } from '../../protocol/wire/live.js';
import { encodeLive } from '../../protocol/wire/live-codec.js';

/** A page's connection, as the feed sees it. */
export interface LiveClient {
  /** Bytes that were sent to it and have not left this process yet. */
  readonly bufferedAmount: number;
  send(message: Uint8Array): void;
}

/** What is told. */
export interface LiveSource {
  /** Classes whose cells are filled. */
  filled(): Iterable<number>;
  /** The elite of a class; undefined where its cell is empty. */
  cell(classId: number): LiveCell | undefined;
  status(): LiveStatus;
}

/**
 * Tells pages of a run: each filled cell, then those that change, and how the run stands. Nothing is queued: a client
 * whose connection is full misses changes, and is told how things stand when it takes them again. Pure but for `send`.
 */
export interface LiveFeed {
  join(client: LiveClient): void;
  leave(client: LiveClient): void;
  /** The client's connection has taken what was sent. */
  drained(client: LiveClient): void;
  /** The cell of this class has a new elite. */
  changed(classId: number): void;
  /** Tells what is due; to be called several times a second. */
  tick(): void;
}

export interface LiveFeedLimits {
  /** A client that has more bytes waiting is told nothing for now. */
  readonly bufferedBytes: number;
  /** Bytes of cells in one message, about; one cell may be larger. */
  readonly messageBytes: number;
  /** Between two updates of a class to a client, and between two states of the run. */
  readonly intervalMilliseconds: number;
  /** Up to this number of clients get changes at each tick; with more clients, all get them once an interval. */
  readonly livelyClients: number;
}

export const LIVE_FEED_LIMITS: LiveFeedLimits = {
  bufferedBytes: 256 << 10,
  messageBytes: 64 << 10,
  intervalMilliseconds: 1000,
  livelyClients: 32,
};

/** Of a cell, all but its genome. */
const CELL_BYTES = 80;

/** The classes that one client has been told of, and those that wait: at most one number per class. */
interface Account {
  /** Classes whose cell it does not know as it is. */
  readonly behind: Set<number>;
  /** When it was told of classes on its own, apart from the others; forgotten after an interval. */
  readonly told: Map<number, number>;
  /** Whether it was told of every filled cell once. */
  complete: boolean;
}

/** `clock`: milliseconds, monotone. */
export function createLiveFeed(
  source: LiveSource,
  clock: () => number,
  limits: LiveFeedLimits = LIVE_FEED_LIMITS,
): LiveFeed {
  const { bufferedBytes, messageBytes, intervalMilliseconds, livelyClients } = limits;
  const accounts = new Map<LiveClient, Account>();
  /** Classes that changed and were not told of since. */
  const waiting = new Set<number>();
  /** When all were told of a class. */
  const toldAll = new Map<number, number>();
  let statusAt: number | undefined;

  const isFull = (client: LiveClient) => client.bufferedAmount > bufferedBytes;
  /** Whether an interval has gone by since then. */
  const isPast = (at: number | undefined, now: number) =>
    at === undefined || now - at >= intervalMilliseconds;
  const encodeCells = (cells: readonly LiveCell[], complete: boolean) =>
    encodeLive({ type: 'cells', cells, complete });
  const encodeStatus = () => encodeLive({ type: 'status', ...source.status() });

  const take = (classIds: Set<number>, mayTell: (classId: number) => boolean) =>
    takeCells(source, classIds, mayTell, messageBytes);

  /** Tells a client on its own as much as its connection takes. */
  function catchUp(client: LiveClient, account: Account, now: number): void {
    const { behind, told } = account;
    const mayTell = (classId: number) => isPast(told.get(classId), now);
    while (!isFull(client)) {
      const cells = take(behind, mayTell);
      for (const { classId } of cells) told.set(classId, now);
      // It was told of the rest a moment ago.
      const isLast = [...behind].every((classId) => told.has(classId));
      if (cells.length === 0 && (account.complete || !isLast)) return;
      account.complete ||= isLast;
      client.send(encodeCells(cells, account.complete));
    }
  }

  /** Messages on all that is due, for everyone who is up to date. */
  function announce(now: number): { readonly classIds: readonly number[]; readonly message: Uint8Array }[] {
    const due = new Set([...waiting].filter((classId) => isPast(toldAll.get(classId), now)));
    for (const classId of due) {
      waiting.delete(classId);
      toldAll.set(classId, now);
    }
    const messages = [];
    while (due.size > 0) {
      const cells = take(due, () => true);
      messages.push({ classIds: cells.map(({ classId }) => classId), message: encodeCells(cells, true) });
    }
    return messages;
  }

  function tellCells(now: number): void {
    const announced = announce(now);
    for (const [client, account] of accounts) {
      const { behind, told, complete } = account;
      for (const [classId, at] of told) if (isPast(at, now)) told.delete(classId);
      const upToDate = complete && behind.size + told.size === 0;
      for (const { classIds, message } of announced) {
        if (upToDate && !isFull(client)) client.send(message);
        else for (const classId of classIds) behind.add(classId);
      }
      if (!account.complete || behind.size > 0) catchUp(client, account, now);
    }
  }

  function tellStatus(now: number): void {
    statusAt = now;
    const status = encodeStatus();
    for (const client of accounts.keys()) if (!isFull(client)) client.send(status);
  }

  return {
    join(client) {
      const account: Account = { behind: new Set(source.filled()), told: new Map(), complete: false };
      accounts.set(client, account);
      client.send(encodeStatus());
      catchUp(client, account, clock());
    },
    leave: (client) => void accounts.delete(client),
    drained(client) {
      const account = accounts.get(client);
      if (account !== undefined && account.behind.size > 0) catchUp(client, account, clock());
    },
    changed: (classId) => void waiting.add(classId),
    tick() {
      // A new client is told of everything.
      if (accounts.size === 0) {
        waiting.clear();
        return;
      }
      const now = clock();
      const isTime = isPast(statusAt, now);
      if (isTime) tellStatus(now);
      if (isTime || accounts.size <= livelyClients) tellCells(now);
    },
  };
}

/** The cells of some of these classes, as many as make one message; `mayTell` says which. They are removed from the set. */
function takeCells(
  source: Pick<LiveSource, 'cell'>,
  classIds: Set<number>,
  mayTell: (classId: number) => boolean,
  messageBytes: number,
): LiveCell[] {
  const cells: LiveCell[] = [];
  let bytes = 0;
  for (const classId of classIds) {
    if (bytes >= messageBytes) break;
    if (!mayTell(classId)) continue;
    classIds.delete(classId);
    const cell = source.cell(classId);
    if (cell === undefined) continue;
    cells.push(cell);
    bytes += CELL_BYTES + (cell.genome?.length ?? 0);
  }
  return cells;
}
