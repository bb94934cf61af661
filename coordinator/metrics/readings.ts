import { Counter, Gauge, type Registry } from 'prom-client';

/** Metrics whose values are held elsewhere, and read at each scrape. */

/** One series at a scrape: the values of a metric's labels, in the order of their names, and the figure. */
export type Reading = readonly [labels: readonly string[], value: number];

interface Description {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** A gauge with one series for each reading of `read`, which must be bounded in number. */
export function addGauge(
  registry: Registry,
  { name, help, labels = [] }: Description,
  read: () => Iterable<Reading>,
): void {
  new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    collect() {
      this.reset();
      for (const [values, figure] of read()) this.set(labelled(labels, values), figure);
    },
  });
}

/**
 * A gauge with the same series for ever, `series` their labels: these are written once, not at every scrape, which for a
 * thousand classes is most of its time. `read` gives their figures in the same order.
 */
export function addFixedGauge(
  registry: Registry,
  { name, help, labels = [] }: Description,
  series: readonly (readonly string[])[],
  read: () => ArrayLike<number>,
): void {
  // prom-client writes labels that series share once for each object; it does so for the buckets of a histogram.
  const shared = series.map((values) => labelled(labels, values));
  class FixedGauge extends Gauge {
    override async get() {
      const figures = read();
      const values = shared.map((sharedLabels, i) => ({ value: figures[i] ?? 0, labels: {}, sharedLabels }));
      return { ...(await super.get()), values };
    }
  }
  new FixedGauge({ name, help, labelNames: labels, registers: [registry] });
}

/** A counter that shows totals which never go down. */
export function addCounter(
  registry: Registry,
  { name, help, labels = [] }: Description,
  read: () => Iterable<Reading>,
): void {
  new Counter({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    collect() {
      this.reset();
      for (const [values, figure] of read()) this.inc(labelled(labels, values), figure);
    },
  });
}

/** One figure without labels. */
export const one = (value: number): readonly Reading[] => [[[], value]];

function labelled(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}
