import { basename } from 'node:path';
import { captionOf } from '../../../coordinator/export/caption.js';
import { createContactSheet } from '../../../coordinator/export/contact-sheet.js';
import type { Drawer } from '../../../protocol/drawing/drawer.js';
import { drawFor, type Sight } from '../../../protocol/drawing/sight.js';
import type { Step } from '../long-work.js';
import type { RunSource } from '../run-source.js';
import type { RunStory } from './gather.js';

/** The contact sheet of a run, as `atoll export` makes it, as a PNG. `line`: what else its caption says. */
export async function drawSheet(
  { run, reader, elites }: RunSource,
  { summary, evaluations }: RunStory,
  parts: { readonly drawer: Drawer; readonly sight: Sight; readonly line?: string; readonly step: Step },
): Promise<Buffer> {
  const { spec } = run;
  const { drawer, sight, line, step } = parts;
  const made = { ...sight, making: 'native' as const };
  const sheet = createContactSheet({
    classes: [...reader.labels.keys()],
    labels: reader.labels,
    title: `${spec.name} · ${basename(spec.model)} · ${spec.encoding}`,
    figures: `${evaluations.toLocaleString('en')} evaluations · median ${summary.median.toFixed(4)} · ${summary.above['0.99']} of ${spec.classes} classes at .99`,
    size: sight,
    caption: ({ picture, factor }) =>
      captionOf({
        views: spec.views,
        sight,
        made,
        factor,
        shown: picture,
        ...(line !== undefined && { natural: line }),
      }),
  });
  for (const [i, { classId, candidate }] of elites.entries()) {
    step(i, elites.length);
    await sheet.put(classId, drawFor(drawer, candidate.genome, sight));
  }
  step(elites.length, elites.length);
  return sheet.finish(new Map(elites.map(({ classId, confidence }) => [classId, confidence])));
}
