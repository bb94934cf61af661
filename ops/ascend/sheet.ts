import { join } from 'node:path';
import { createContactSheet } from '../../coordinator/export/contact-sheet.js';
import { shownLabel } from '../../coordinator/export/shown-label.js';
import type { Pixels } from '../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import type { Size } from '../../protocol/drawing/sight.js';
import { writeFileAtomic } from '../../protocol/files/atomic.js';
import type { AscentResult } from '../../worker/ascent/ascent-island.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { classifyPixels } from '../../worker/classifier/photos.js';
import { stretched } from './stretch.js';

/** What a sheet shows of an ascent. */
interface Compared {
  readonly preset: string;
  readonly label: string;
  readonly result: AscentResult;
}

/** A cell of the sheet. */
interface Cell {
  readonly label: string;
  readonly picture: Pixels;
  readonly confidence: number;
}

/**
 * Writes `presets.png` into a run: for each class a row of pictures, one a preset, with the confidence that it reached; and below
 * it the same pictures with their contrast stretched, since what convinces a network is often too faint to be seen, and
 * what the network says of those. Ascents come class by class, with the same presets each. Resolves to its path.
 */
export async function writePresetSheet(
  directory: string,
  sheet: {
    readonly title: string;
    readonly size: Size;
    readonly ascents: readonly Compared[];
    readonly classifier: Classifier;
  },
): Promise<string> {
  const { title, size, ascents, classifier } = sheet;
  const columns = new Set(ascents.map(({ preset }) => preset)).size;
  const cells: Cell[] = [];
  // Of a class whose presets were not all used, somebody interrupted them, there are no rows.
  for (let from = 0; from + columns <= ascents.length; from += columns) {
    cells.push(...(await rowsOf(ascents.slice(from, from + columns), size, classifier)));
  }
  const made = createContactSheet({
    classes: cells.map((_, place) => place),
    labels: cells.map(({ label }) => label),
    columns,
    size,
    title,
    figures: '',
    caption: () =>
      "Each picture is the best of one ascent; below it, its levels' distances from their medians, times the factor. " +
      "Figures: the network's confidence in each.",
  });
  for (const [place, { picture }] of cells.entries()) await made.put(place, picture);
  const path = join(directory, 'presets.png');
  const confidences = new Map(cells.map(({ confidence }, place) => [place, confidence]));
  await writeFileAtomic(path, await made.finish(confidences));
  return path;
}

/** The two rows of a class. */
async function rowsOf(
  ascents: readonly Compared[],
  { width, height }: Size,
  classifier: Classifier,
): Promise<Cell[]> {
  const drawer = loadDrawer();
  const upper = ascents.map(({ preset, label, result }) => ({
    label: `${preset}: ${shownLabel(label)}`,
    picture: drawer.pixels(result.genome, width, height),
    confidence: result.best,
  }));
  const stronger = upper.map(({ picture }) => stretched(picture));
  const rows = await classifyPixels(
    stronger.map(({ picture }) => picture.data),
    classifier,
    'single',
  );
  const lower = stronger.map(({ picture, factor }, i) => ({
    label: `× ${factor.toFixed(1)}`,
    picture,
    confidence: rows[i * classifier.classes + (ascents[i]?.result.classId ?? 0)] ?? 0,
  }));
  return [...upper, ...lower];
}
