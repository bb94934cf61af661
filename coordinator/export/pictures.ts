import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Drawer, Pixels } from '../../protocol/drawing/drawer.js';
import { drawFor, type Sight, type Size } from '../../protocol/drawing/sight.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { readCandidate } from '../intake/restore.js';
import type { StoredElite } from '../store/store.js';
import type { ContactSheet } from './contact-sheet.js';
import type { PictureFacts } from './elite-table.js';
import { imageFileName } from './file-name.js';
import { enlarge } from './picture.js';
import { encodePng } from './png.js';
import { unlessInterrupted } from './unless-interrupted.js';

/** Pictures of another size than the network's: other pictures, of which it has to be asked again. */
export interface Scaling extends Size {
  readonly making: 'enlarged' | 'redrawn';
  readonly network: Network;
}

/** The network, to which pictures are shown as `atoll classify` shows them. */
export interface Network {
  /** Pictures at a time that suit it. */
  readonly batch: number;
  /** What it gives the pictures in these files for the class of each, in their order. */
  measure(pictures: readonly { readonly path: string; readonly classId: number }[]): Promise<number[]>;
}

export interface PictureOptions {
  readonly drawer: Drawer;
  readonly sight: Sight;
  readonly scaling?: Scaling | undefined;
  /** One a class. */
  readonly labels: readonly string[];
  /** Where the files go, relative to the export's directory; absent: pictures are only put on the sheet. */
  readonly folder?: string | undefined;
  readonly sheet?: ContactSheet | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each picture. */
  readonly onProgress?: ((made: number, total: number) => void) | undefined;
}

/**
 * Makes a picture of each elite, as a file of `directory` and on the sheet; returns what became of it, by class. Rejects
 * with an InterruptedError soon after `signal` is aborted.
 */
export async function makePictures(
  directory: string,
  elites: readonly StoredElite[],
  options: PictureOptions,
): Promise<Map<number, PictureFacts>> {
  const { drawer, sight, scaling, labels, folder, sheet, signal, onProgress } = options;
  const size = scaling ?? sight;
  const facts = new Map<number, PictureFacts>();
  if (folder !== undefined) await mkdir(join(directory, folder));

  /** The picture's pixels, and those that go on the sheet. */
  function draw(genome: Genome): { readonly pixels: Pixels; readonly shown: Pixels } {
    if (scaling?.making === 'redrawn') {
      const pixels = drawFor(drawer, genome, { ...sight, width: size.width, height: size.height });
      return { pixels, shown: pixels };
    }
    const shown = drawFor(drawer, genome, sight);
    return { pixels: scaling === undefined ? shown : enlarge(shown, size), shown };
  }

  /** Gives the file its name, once it is known what the network gives the picture in it. */
  async function keep(path: string, classId: number, confidence: number): Promise<void> {
    const name = imageFileName(classId, labels[classId] ?? '', confidence, labels.length);
    const image = folder === undefined ? null : `${folder}/${name}`;
    if (image === null) await rm(path, { force: true });
    else await rename(path, join(directory, image));
    facts.set(classId, {
      image,
      imageConfidence: confidence,
      imageWidth: size.width,
      imageHeight: size.height,
      imageMaking: scaling?.making ?? 'native',
    });
  }

  const step = scaling?.network.batch ?? 1;
  for (let start = 0; start < elites.length; start += step) {
    const batch: { readonly path: string; readonly classId: number; readonly confidence: number }[] = [];
    for (const { jump, genome } of elites.slice(start, start + step)) {
      const { classId, confidence } = jump;
      // Signals are heard of between two pictures.
      await unlessInterrupted(setImmediate(), signal);
      const { pixels, shown } = draw(readCandidate(genome).genome);
      if (sheet) await unlessInterrupted(sheet.put(classId, shown), signal);
      const path = join(directory, `${classId}.png`);
      if (folder !== undefined || scaling) {
        await writeFile(path, await unlessInterrupted(encodePng(pixels), signal));
      }
      batch.push({ path, classId, confidence });
      onProgress?.(start + batch.length, elites.length);
    }
    const measured = scaling && (await unlessInterrupted(scaling.network.measure(batch), signal));
    for (const [i, { path, classId, confidence }] of batch.entries()) {
      await keep(path, classId, measured?.[i] ?? confidence);
    }
  }
  return facts;
}
