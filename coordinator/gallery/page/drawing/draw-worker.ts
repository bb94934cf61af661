import { createDrawer } from '../../../../protocol/drawing/create-drawer.js';
import type { Drawer, Pixels } from '../../../../protocol/drawing/drawer.js';
import { drawFor } from '../../../../protocol/drawing/sight.js';
import { decodeGenome } from '../../../../protocol/encodings/codec.js';
import { InvalidGenomeError } from '../../../../protocol/encodings/faults.js';
import type { DrawJob, DrawResult, ToWorker } from './jobs.js';
import { rgbaOf } from './rgba.js';

/** A web worker that draws genomes with the kernel of the islands' workers, one after the other. */

let drawer: Drawer | undefined;

addEventListener('message', async ({ data }: MessageEvent<ToWorker>) => {
  if ('module' in data) {
    drawer = createDrawer(data.module);
    return;
  }
  const picture = await pictureOf(data);
  const result: DrawResult = { id: data.id, picture };
  postMessage(result, { transfer: picture === undefined ? [] : [picture] });
});

async function pictureOf({ genome, width, height, grey }: DrawJob): Promise<ImageBitmap | undefined> {
  if (drawer === undefined) throw new Error('a job came before the kernel');
  let pixels: Pixels;
  try {
    pixels = drawFor(drawer, decodeGenome(genome), { width, height, grey });
  } catch (error) {
    // What a server of another version sends may be no genome to this page.
    if (error instanceof InvalidGenomeError) return undefined;
    throw error;
  }
  return createImageBitmap(new ImageData(rgbaOf(pixels), pixels.width, pixels.height));
}
