import { join } from 'node:path';
import { createContactSheet } from '../../coordinator/export/contact-sheet.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import type { Size } from '../../protocol/drawing/sight.js';
import { writeFileAtomic } from '../../protocol/files/atomic.js';
import type { AscentResult } from '../../worker/ascent/ascent-island.js';

/**
 * Writes `presets.png` into a run: a picture for each ascent, named by its preset, with the confidence that it reached.
 * Resolves to its path.
 */
export async function writePresetSheet(
  directory: string,
  sheet: {
    readonly title: string;
    readonly size: Size;
    readonly ascents: readonly { readonly preset: string; readonly result: AscentResult }[];
  },
): Promise<string> {
  const { title, size, ascents } = sheet;
  const places = ascents.map((_, place) => place);
  const made = createContactSheet({
    classes: places,
    labels: ascents.map(({ preset }) => preset),
    size,
    title,
    figures: '',
    caption: () => "Each picture is the best of one ascent. Figures: the network's confidence in it.",
  });
  const drawer = loadDrawer();
  for (const [place, { result }] of ascents.entries()) {
    await made.put(place, drawer.pixels(result.genome, size.width, size.height));
  }
  const path = join(directory, 'presets.png');
  const confidences = new Map(ascents.map(({ result }, place) => [place, result.best]));
  await writeFileAtomic(path, await made.finish(confidences));
  return path;
}
