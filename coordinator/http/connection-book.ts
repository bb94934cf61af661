export interface ConnectionLimits {
  /** Connections of one address. */
  readonly addressConnections: number;
  /** Connections in all. */
  readonly connections: number;
}

/**
 * The connections that a server holds, and which of them it cuts when there are too many. A new connection is always let
 * in. The address with the most connections loses the one that has waited longest for its next request. So idle
 * connections keep nobody out. Pure.
 */
export interface ConnectionBook<T> {
  /** A connection came, on which nothing has come yet. Returns the one to cut, which may be this one itself. */
  open(connection: T, address: string): T | undefined;
  /** A request came on it, and is being answered. */
  busy(connection: T): void;
  /** It was answered. */
  waiting(connection: T): void;
  /** It is gone. */
  close(connection: T): void;
}

/** Connections of an address. */
interface Account<T> {
  /** From the one that has waited longest. */
  readonly waiting: Set<T>;
  readonly busy: Set<T>;
}

export function createConnectionBook<T extends object>(limits: ConnectionLimits): ConnectionBook<T> {
  const accounts = new Map<string, Account<T>>();
  const owners = new Map<T, string>();

  const sizeOf = (account: Account<T> | undefined) =>
    account === undefined ? 0 : account.waiting.size + account.busy.size;

  function close(connection: T): void {
    const address = owners.get(connection);
    if (address === undefined) return;
    owners.delete(connection);
    const account = accounts.get(address);
    account?.waiting.delete(connection);
    account?.busy.delete(connection);
    if (sizeOf(account) === 0) accounts.delete(address);
  }

  /** The connection that has to go for another one of `address`; `none`: there is room. */
  function surplus(address: string): T | 'none' | undefined {
    const own = accounts.get(address);
    if (own && sizeOf(own) >= limits.addressConnections) return own.waiting.values().next().value;
    if (owners.size < limits.connections) return 'none';
    const idle = [...accounts.values()].filter(({ waiting }) => waiting.size > 0);
    const [most] = idle.sort((a, b) => sizeOf(b) - sizeOf(a));
    return most?.waiting.values().next().value;
  }

  function move(connection: T, from: 'waiting' | 'busy', to: 'waiting' | 'busy'): void {
    const address = owners.get(connection);
    const account = address === undefined ? undefined : accounts.get(address);
    if (account?.[from].delete(connection)) account[to].add(connection);
  }

  return {
    open(connection, address) {
      const victim = surplus(address);
      if (victim === undefined) return connection;
      if (victim !== 'none') close(victim);
      owners.set(connection, address);
      const account = accounts.get(address) ?? { waiting: new Set(), busy: new Set() };
      account.waiting.add(connection);
      accounts.set(address, account);
      return victim === 'none' ? undefined : victim;
    },
    busy: (connection) => move(connection, 'waiting', 'busy'),
    waiting: (connection) => move(connection, 'busy', 'waiting'),
    close,
  };
}
