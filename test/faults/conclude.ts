import type { Stage } from './stage.js';
import { judge, type Verdict } from './verdict.js';

/** A run that was ended in order, and judged. */
export interface Concluded extends Verdict {
  /** Bytes of memory that one of its processes took, at the most. */
  readonly peakBytes: number;
}

/** A run of ours needs no more than this. */
const MEMORY_LIMIT = 400 << 20;

/** Ends a run in order, the worst moment for what is on its way, and judges it. */
export async function conclude(stage: Stage): Promise<Concluded> {
  const complaints: string[] = [];
  await stage.calm();
  // What is on its way to the coordinator at the very end is lost on the way, and has to come again.
  for (const tap of stage.lines.get('coordinator') ?? []) {
    tap.cut();
    tap.heal();
  }
  const [coordinator, ...workers] = await stage.finish();
  if (coordinator !== 130) complaints.push(`the coordinator ended with ${coordinator} when it was told to`);
  if (workers.some((code) => code !== 0)) complaints.push(`workers ended with ${workers} when the run ended`);
  for (const { name, code, said } of stage.endings) {
    // What it says in a sentence: bad input (a disk that fails), nobody answers, a full disk.
    if (code === null || ![2, 3, 4].includes(code)) complaints.push(`${name} ended with ${code}: ${said}`);
  }
  const peakBytes = Math.max(...[stage.coordinator, ...stage.workers].map((member) => member.peakBytes));
  if (peakBytes > MEMORY_LIMIT) complaints.push(`a process took ${peakBytes} bytes of memory`);
  const verdict = await judge(stage);
  return { ...verdict, complaints: [...complaints, ...verdict.complaints], peakBytes };
}
