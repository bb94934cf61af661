/** Requests that wait until something else is done; one key holds one place, and its newest request counts. */
export interface JoinQueue<T> {
  add(key: string, item: T): void;
}

/**
 * Hands requests on once `ready`, called after they came, has resolved: one call for all that came before it.
 * At most `limit` wait; the oldest are dropped, since every worker asks again.
 */
export function createJoinQueue<T>(parts: {
  readonly limit: number;
  readonly ready: () => Promise<void>;
  readonly handOn: (key: string, item: T) => void;
}): JoinQueue<T> {
  const { limit, ready, handOn } = parts;
  const waiting = new Map<string, T>();
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.size > 0) {
      const batch = [...waiting];
      waiting.clear();
      await ready();
      for (const [key, first] of batch) {
        // A worker that waited too long has asked again, and listens to the answer to that request only.
        const item = waiting.get(key) ?? first;
        waiting.delete(key);
        handOn(key, item);
      }
    }
    running = false;
  }

  return {
    add(key, item) {
      waiting.delete(key);
      waiting.set(key, item);
      for (const oldest of waiting.keys()) {
        if (waiting.size <= limit) break;
        waiting.delete(oldest);
      }
      if (!running) void run();
    },
  };
}
