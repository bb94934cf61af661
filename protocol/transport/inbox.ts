/** A queue that is read with `for await`: push from callbacks, end once, one reader. */
export interface Inbox<T> extends AsyncIterable<T> {
  /** After the end, nothing more is taken. */
  push(item: T): void;
  /** The reader gets what is queued, then the iteration ends. */
  end(): void;
}

export function createInbox<T>(): Inbox<T> {
  const queue: T[] = [];
  let ended = false;
  let wake: (() => void) | undefined;

  function awaken(): void {
    wake?.();
    wake = undefined;
  }

  return {
    push(item) {
      if (ended) return;
      queue.push(item);
      awaken();
    },
    end() {
      ended = true;
      awaken();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const items = queue.splice(0);
        yield* items;
        if (queue.length > 0) continue;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
