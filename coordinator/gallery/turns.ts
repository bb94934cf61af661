/** Does what is asked for one after the other, without taking the run's time. */
export interface Turns {
  /** What `work` returns, once it is its turn; undefined when too many wait already: the client should ask again later. */
  take<T>(work: () => T): Promise<T | undefined>;
}

/** As much time goes by between two as the last one took: half of this thread at the most. `clock`: milliseconds, monotone. */
export function createTurns(clock: () => number, waiting: number): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  return {
    async take(work) {
      if (count >= waiting) return undefined;
      count++;
      let took = 0;
      const turn = last.then(() => {
        const began = clock();
        try {
          return work();
        } finally {
          took = clock() - began;
          count--;
        }
      });
      const rest = () => new Promise((resolve) => setTimeout(resolve, took));
      last = turn.then(rest, rest);
      return turn;
    },
  };
}
