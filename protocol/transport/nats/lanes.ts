/** Somewhere that items wait in. */
interface Lane<T> {
  /** Takes out what waits. */
  take(): readonly T[];
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

/** An inbox of bounded lanes, read with `for await` by one reader. Lanes take turns in the order they were made. */
export interface Lanes<T> extends AsyncIterable<T> {
  lossy(limit: number): LossyLane<T>;
  patient(limit: number): PatientLane<T>;
  /** `make` gives the item for a reason; the reasons must be few. */
  counting<Reason>(make: (reason: Reason) => T): CountingLane<Reason>;
  /** The reader gets what waits, then the iteration ends, or throws the error. */
  end(error?: Error): void;
}

/** Counted items handed over at a time. */
const COUNTED_BATCH = 1000;

export function createLanes<T>(): Lanes<T> {
  const lanes: Lane<T>[] = [];
  const releases: (() => void)[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  function awaken(): void {
    wake?.();
    wake = undefined;
  }

  return {
    lossy(limit) {
      const waiting = new Map<string | number, T>();
      lanes.push({
        take() {
          const items = [...waiting.values()];
          waiting.clear();
          return items;
        },
      });
      return {
        offer(key, item) {
          if (ended) return;
          waiting.delete(key);
          waiting.set(key, item);
          for (const oldest of waiting.keys()) {
            if (waiting.size <= limit) break;
            waiting.delete(oldest);
          }
          awaken();
        },
      };
    },
    patient(limit) {
      const waiting: T[] = [];
      let blocked: (() => void)[] = [];
      const release = () => {
        const released = blocked;
        blocked = [];
        for (const resume of released) resume();
      };
      releases.push(release);
      lanes.push({
        take() {
          const items = waiting.splice(0);
          release();
          return items;
        },
      });
      return {
        async put(item) {
          while (!ended && waiting.length >= limit) {
            await new Promise<void>((resolve) => blocked.push(resolve));
          }
          if (ended) return;
          waiting.push(item);
          awaken();
        },
      };
    },
    counting(make) {
      const counts = new Map<Parameters<typeof make>[0], number>();
      lanes.push({
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
      });
      return {
        count(reason) {
          if (ended) return;
          counts.set(reason, (counts.get(reason) ?? 0) + 1);
          awaken();
        },
      };
    },
    end(error) {
      if (ended) return;
      ended = true;
      failure = error;
      for (const release of releases) release();
      awaken();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const items = lanes.flatMap((lane) => lane.take());
        yield* items;
        if (items.length > 0) continue;
        if (failure) throw failure;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
