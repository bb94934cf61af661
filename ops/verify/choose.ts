import type { Inspection } from '../../coordinator/checks/inspect-archive.js';
import type { JumpRow } from '../../coordinator/checks/invariants.js';
import { rescore } from '../../worker/rescore.js';
import type { Scorer } from '../../worker/scorer.js';

/**
 * Who is to hold each of these cells: the best of the class's history whose confidence the network still gives to its
 * image, undefined where there is none. `onCell` is called after each.
 */
export async function chooseHolders(
  inspection: Inspection,
  classes: ReadonlySet<number>,
  parts: { readonly scorer: Scorer; readonly tolerance: number; readonly onCell: (done: number) => void },
): Promise<Map<number, JumpRow | undefined>> {
  const chosen = new Map<number, JumpRow | undefined>();
  for (const classId of classes) {
    chosen.set(classId, await bestThatHolds(inspection, classId, parts));
    parts.onCell(chosen.size);
  }
  return chosen;
}

async function bestThatHolds(
  inspection: Inspection,
  classId: number,
  parts: { readonly scorer: Scorer; readonly tolerance: number },
): Promise<JumpRow | undefined> {
  for (const elite of inspection.drawable(classId)) {
    for await (const { difference } of rescore([elite], parts.scorer)) {
      if (difference <= parts.tolerance) return elite.jump;
    }
  }
  return undefined;
}
