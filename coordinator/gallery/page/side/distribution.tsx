import { count } from '../format.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';

const BINS = 20;

/** How many filled cells have a confidence in each of twenty equal steps from 0 to 1. */
export function binned(confidences: Float32Array, isFilled: (classId: number) => boolean): number[] {
  const bins = new Array<number>(BINS).fill(0);
  confidences.forEach((confidence, classId) => {
    if (!isFilled(classId)) return;
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  });
  return bins;
}

/** Heights grow with the square root, so that a few classes show beside hundreds. */
export function Distribution({ store, run }: { store: Store; run: Run }) {
  run.cells.version.value;
  const bins = binned(run.cells.confidences, (classId) => run.cells.get(classId) !== undefined);
  const most = Math.max(1, ...bins);
  const { above } = store.place.value;
  return (
    <section>
      <h2 class="heading">Confidences</h2>
      <ul class="distribution">
        {bins.map((classes, bin) => {
          const from = bin / BINS;
          const words = `${count(classes)} ${classes === 1 ? 'class' : 'classes'} from ${from.toFixed(2)} to ${((bin + 1) / BINS).toFixed(2)}`;
          return (
            <li key={from} title={words} data-in={from >= above}>
              <span class="hidden">{words}</span>
              <span class="bar" style={{ height: `${100 * Math.sqrt(classes / most)}%` }} />
            </li>
          );
        })}
      </ul>
      <p class="scale quiet" aria-hidden="true">
        <span>0</span>
        <span>.5</span>
        <span>1</span>
      </p>
    </section>
  );
}
