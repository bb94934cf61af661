/** Times from a message's publishing to something that became of it. */
export interface Latencies {
  /** A message was published at this time; all times in milliseconds. */
  begin(island: number, sequence: number, time: number): void;
  /** It has arrived at this time; messages that were not begun, or have arrived before, are ignored. */
  end(island: number, sequence: number, time: number): void;
  /** Messages begun that have not arrived. */
  readonly waiting: number;
  /** The quantile 0 … 1 of those that have arrived; NaN while there are none. */
  quantile(q: number): number;
}

export function createLatencies(): Latencies {
  const begun = new Map<string, number>();
  const durations: number[] = [];
  return {
    begin: (island, sequence, time) => void begun.set(`${island} ${sequence}`, time),
    end(island, sequence, time) {
      const key = `${island} ${sequence}`;
      const since = begun.get(key);
      if (since === undefined) return;
      begun.delete(key);
      durations.push(time - since);
    },
    get waiting() {
      return begun.size;
    },
    quantile(q) {
      const sorted = Float64Array.from(durations).sort();
      return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
    },
  };
}
