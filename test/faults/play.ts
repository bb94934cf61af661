import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startNatsServer } from '../nats-server.js';
import type { Disk } from './disk.js';
import { inject, pause } from './inject.js';
import { describeFault, type Step } from './script.js';
import { type Stage, setStage } from './stage.js';
import { judge, type Verdict } from './verdict.js';

/** What came of a run in which things went wrong. */
export interface Played extends Verdict {
  readonly faults: number;
  /** Milliseconds from the start of a coordinator that was killed, and nothing else, to its first commit. */
  readonly recoveries: readonly number[];
  /** Bytes of memory, at the most. */
  readonly peakBytes: number;
}

/** A run of ours needs no more than this. */
const MEMORY_LIMIT = 400 << 20;

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
      if (alone && killed && recovery !== undefined) recoveries.push(recovery);
    }
    await pause(step.gap);
  }
  await settle();
  // What is on its way to the coordinator at the very end is lost on the way, and has to come again.
  for (const tap of stage.lines.get('coordinator') ?? []) {
    tap.cut();
    tap.heal();
  }
  const [coordinator, ...workers] = await stage.finish();
  if (coordinator !== 130) complaints.push(`the coordinator ended with ${coordinator} when it was told to`);
  if (workers.some((code) => code !== 0)) complaints.push(`workers ended with ${workers} when the run ended`);
  for (const { name, code, said } of stage.endings) {
    if (code !== 2 && code !== 3) complaints.push(`${name} ended with ${code}: ${said}`);
  }
  const peakBytes = Math.max(...[stage.coordinator, ...stage.workers].map((member) => member.peakBytes));
  if (peakBytes > MEMORY_LIMIT) complaints.push(`a process took ${peakBytes} bytes of memory`);
  const verdict = await judge(stage);
  return {
    ...verdict,
    complaints: [...complaints, ...verdict.complaints],
    faults: script.length,
    recoveries,
    peakBytes,
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
  const { run, seed, workers, script, evolving, directory, disk, say } = parts;
  const server = await startNatsServer();
  try {
    const stage = await setStage({
      run,
      directory,
      root: disk?.path ?? join(directory, 'runs'),
      servers: [server],
      workers,
      flags: ['--islands', String(workers), '--minutes', '600', '--seed', String(seed), ...evolving],
    });
    try {
      return await play(stage, script, { disk, say });
    } finally {
      await stage.close();
      await rm(stage.runDirectory, { recursive: true, force: true });
    }
  } finally {
    await server.stop();
  }
}
