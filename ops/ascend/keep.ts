import { join } from 'node:path';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import type { Pixels } from '../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import type { AscentResult } from '../../worker/ascent/ascent-island.js';
import type { Model } from '../../worker/model/model.js';
import { ASCENTS, type Ascents, SHOWN } from '../lab/ascent/experiment.js';
import { pictureData } from '../lab/images/picture-data.js';
import { writeResult } from '../lab/results/write.js';
import { stretched } from './stretch.js';

/** Keeps what ascents came to in the run, as an experiment. Resolves to its folder; undefined where there are none. */
export async function keepAscents(
  run: RunDirectory,
  { labels, input }: Pick<Model, 'labels' | 'input'>,
  ended: readonly { readonly preset: string; readonly result: AscentResult }[],
  compared: boolean,
): Promise<string | undefined> {
  if (ended.length === 0) return undefined;
  const drawer = loadDrawer();
  const ascents: Ascents['ascents'] = [];
  for (const { preset, result } of ended) {
    const { genome, classId, milestones, ...figures } = result;
    const isShown = ascents.length < SHOWN;
    const picture = drawer.pixels(genome, input.width, input.height);
    ascents.push({
      ...{ classId, label: labels[classId] ?? '', preset, ...figures, milestones: { ...milestones } },
      ...(isShown && { picture: await pictureData(picture) }),
      ...(isShown && compared && { stretched: await stretchedData(picture) }),
    });
  }
  const { model, encoding, seed } = run.spec;
  const found = ASCENTS.resultOf({ model, encoding, seed, compared, ascents });
  return writeResult(join(run.path, 'lab', ASCENTS.name), found);
}

async function stretchedData(seen: Pixels): Promise<{ readonly picture: string; readonly factor: number }> {
  const { picture, factor } = stretched(seen);
  return { picture: await pictureData(picture), factor };
}
