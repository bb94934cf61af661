/** Somewhere that items wait in. */
interface Lane<T> {
  /** Takes out what waits. */
  take(): readonly T[];
  /** Releases a sender that waits for room. */
  end(): void;
}

/** What the lanes of an inbox share. */
interface Gate {
  /** Nothing more is taken. */
  readonly ended: boolean;
  /** Tells the reader that something waits. */
  awaken(): void;
}

/** A bounded lane for what may be lost: the newest of each key waits, and the oldest go when there are too many. */
export interface LossyLane<T> {
  offer(key: string | number, item: T): void;
}

/** A bounded lane for what must not be lost: `put` waits for room. */
export interface PatientLane<T> {
  /** Resolves when there is room for more. */
  put(item: T): Promise<void>;
}

/** A lane for what is only counted, however much of it comes. */
export interface CountingLane<T> {
  count(item: T): void;
}

/**
 * A queue that is read with `for await` by one reader: push from callbacks, end once. Messages that a stranger may
 * send without end wait in bounded lanes; these take turns in the order they were made, after what was pushed.
 */
export interface Inbox<T> extends AsyncIterable<T> {
  /** For what must not be lost, and is not much: all of it waits. */
  push(item: T): void;
  lossy(limit: number): LossyLane<T>;
  patient(limit: number): PatientLane<T>;
  /** `make` gives the item for a reason; the reasons must be few. */
  counting<Reason>(make: (reason: Reason) => T): CountingLane<Reason>;
  /** Nothing more is taken. The reader gets what waits, then the iteration ends, or throws the error. */
  end(error?: Error): void;
}

/** Counted items handed over at a time. */
const COUNTED_BATCH = 1000;

export function createInbox<T>(): Inbox<T> {
  const pushed: T[] = [];
  const lanes: Lane<T>[] = [{ take: () => pushed.splice(0), end() {} }];
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const gate = {
    ended: false,
    awaken() {
      wake?.();
      wake = undefined;
    },
  };

  function add<L extends Lane<T>>(lane: L): L {
    lanes.push(lane);
    return lane;
  }

  return {
    push(item) {
      if (gate.ended) return;
      pushed.push(item);
      gate.awaken();
    },
    lossy: (limit) => add(lossyLane(limit, gate)),
    patient: (limit) => add(patientLane(limit, gate)),
    counting: (make) => add(countingLane(make, gate)),
    end(error) {
      if (gate.ended) return;
      gate.ended = true;
      failure = error;
      for (const lane of lanes) lane.end();
      gate.awaken();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const items = lanes.flatMap((lane) => lane.take());
        if (items.length > 0) {
          yield* items;
          continue;
        }
        // Nothing is awaited from here to the wait: an item that came in between would wake no reader.
        if (failure) throw failure;
        if (gate.ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function lossyLane<T>(limit: number, gate: Gate): LossyLane<T> & Lane<T> {
  const waiting = new Map<string | number, T>();
  return {
    offer(key, item) {
      if (gate.ended) return;
      waiting.delete(key);
      waiting.set(key, item);
      for (const oldest of waiting.keys()) {
        if (waiting.size <= limit) break;
        waiting.delete(oldest);
      }
      gate.awaken();
    },
    take() {
      const items = [...waiting.values()];
      waiting.clear();
      return items;
    },
    end() {},
  };
}

function patientLane<T>(limit: number, gate: Gate): PatientLane<T> & Lane<T> {
  const waiting: T[] = [];
  let blocked: (() => void)[] = [];

  function release(): void {
    const released = blocked;
    blocked = [];
    for (const resume of released) resume();
  }

  return {
    async put(item) {
      while (!gate.ended && waiting.length >= limit) {
        await new Promise<void>((resolve) => blocked.push(resolve));
      }
      if (gate.ended) return;
      waiting.push(item);
      gate.awaken();
    },
    take() {
      const items = waiting.splice(0);
      release();
      return items;
    },
    end: release,
  };
}

function countingLane<Reason, T>(make: (reason: Reason) => T, gate: Gate): CountingLane<Reason> & Lane<T> {
  const counts = new Map<Reason, number>();
  return {
    count(reason) {
      if (gate.ended) return;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      gate.awaken();
    },
    take() {
      const items: T[] = [];
      for (const [reason, count] of counts) {
        const taken = Math.min(count, COUNTED_BATCH);
        for (let i = 0; i < taken; i++) items.push(make(reason));
        if (taken === count) counts.delete(reason);
        else counts.set(reason, count - taken);
      }
      return items;
    },
    end() {},
  };
}
