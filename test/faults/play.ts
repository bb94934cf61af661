import { join } from 'node:path';
import { startNatsServer } from '../nats-server.js';
import { type Concluded, conclude } from './conclude.js';
import type { Disk } from './disk.js';
import { inject, pause } from './inject.js';
import { describeFault, type Step } from './script.js';
import { type Stage, setStage } from './stage.js';

/** What came of a run in which things went wrong. */
export interface Played extends Concluded {
  readonly faults: number;
  /** Milliseconds from the start of a coordinator that was killed, and nothing else, to its first commit. */
  readonly recoveries: readonly number[];
}

/** Lets everything in a script happen to a run, ends the run in order, and judges it. */
export async function play(
  stage: Stage,
  script: readonly Step[],
  options: { readonly disk?: Disk | undefined; readonly say: (line: string) => void },
): Promise<Played> {
  const complaints: string[] = [];
  const recoveries: number[] = [];
  const pending = new Set<Promise<void>>();
  const began = performance.now();
  const settle = async () => {
    await Promise.all(pending);
    await stage.calm();
  };
  await stage.calm();
  for (const step of script) {
    const { fault } = step;
    options.say(`${((performance.now() - began) / 1000).toFixed(1)} s: ${describeFault(fault)}`);
    const alone = pending.size === 0;
    const before = stage.recoveries.length;
    const happening: Promise<void> = inject(stage, step, options.disk)
      .catch((error: unknown) => void complaints.push(`${describeFault(fault)}: ${error}`))
      .finally(() => pending.delete(happening));
    pending.add(happening);
    if (!step.overlaps) await happening;
    if (step.calm) {
      await settle();
      const [recovery] = stage.recoveries.slice(before);
      const killed = fault.kind === 'kill' && fault.who === 'coordinator';
      if (alone && killed && recovery !== undefined) recoveries.push(recovery.total);
    }
    await pause(step.gap);
  }
  await settle();
  const concluded = await conclude(stage);
  return {
    ...concluded,
    complaints: [...complaints, ...concluded.complaints],
    faults: script.length,
    recoveries,
  };
}

/** A new run on a broker of its own, with an island for each worker, through all of a script; leaves nothing behind. */
export async function playNewRun(parts: {
  readonly run: string;
  readonly seed: number;
  readonly workers: number;
  readonly script: readonly Step[];
  /** Flags that say what evolves. */
  readonly evolving: readonly string[];
  readonly directory: string;
  readonly disk?: Disk | undefined;
  readonly say: (line: string) => void;
}): Promise<Played> {
  const { script, disk, say, ...run } = parts;
  await using server = await startNatsServer();
  const root = disk?.path ?? join(run.directory, 'runs');
  await using stage = await setStage({ ...run, root, servers: [server] });
  return await play(stage, script, { disk, say });
}
