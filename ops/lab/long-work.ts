import { InterruptedError } from '../../protocol/base/errors.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, type Unit } from '../cli/meter.js';

/** Told how far work is; throws an {@link InterruptedError} once somebody has asked to stop. */
export type Step = (done: number, total: number) => void;

/** Does work that takes long, with a line of progress; Ctrl-C ends it at its next step. */
export async function longWork<T>(unit: Unit, work: (step: Step) => Promise<T>): Promise<T> {
  const interruption = followInterruption();
  const meter = createMeter(() => performance.now(), unit);
  try {
    const result = await work((done, total) => {
      if (interruption.signal.aborted) throw new InterruptedError('Interrupted. Nothing was written.');
      meter.update(done, total);
    });
    meter.done();
    return result;
  } finally {
    interruption.release();
  }
}
