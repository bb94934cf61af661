import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { anyCppn, anyDirect, streamOf } from '../../protocol/drawing/genomes.js';
import { createFakeRun } from '../fake-run.js';
import { inBrowser, stage, visit } from '../theatre.js';

const ASSETS = fileURLToPath(new URL('../../../dist/coordinator/gallery/page/assets', import.meta.url));
const COUNT = 500;

function anyGenomes(): { genome: Genome; width: number; height: number }[] {
  const random = streamOf('page');
  return Array.from({ length: COUNT }, (_, i) => {
    const outputs = random.chance(0.5) ? 1 : 3;
    const [width, height] = [1 + random.below(90), 1 + random.below(90)];
    const genome =
      i % 10 === 0
        ? anyDirect(random, 1 + random.below(40), 1 + random.below(40), outputs)
        : anyCppn(random, { canvas: 8 + random.below(500), outputs, hidden: random.below(40), density: 3 });
    return { genome, width, height };
  });
}

inBrowser("the page's web workers", () => {
  it(`draw ${COUNT} genomes of all kinds as Node does, byte for byte`, async () => {
    const { url } = await stage([createFakeRun({ name: 'any', classes: 10, past: 2 })]);
    const page = await visit(url);
    const files = readdirSync(ASSETS);
    const named = (start: string) => `/assets/${files.find((file) => file.startsWith(start))}`;
    const genomes = anyGenomes();
    const jobs = genomes.map(({ genome, width, height }) => ({
      genome: Array.from(encodeGenome(genome)),
      width,
      height,
    }));
    const digests = await page.evaluate(
      async ({ worker, kernel, jobs }) => {
        const module = await WebAssembly.compile(await (await fetch(kernel)).arrayBuffer());
        const drawing = new Worker(worker, { type: 'module' });
        drawing.postMessage({ module });
        const found: string[] = [];
        for (const [id, job] of jobs.entries()) {
          const answer = new Promise<ImageBitmap>((resolve) => {
            drawing.onmessage = ({ data }) => resolve(data.picture);
          });
          drawing.postMessage({ ...job, genome: Uint8Array.from(job.genome), id, grey: false });
          const picture = await answer;
          const sheet = new OffscreenCanvas(job.width, job.height).getContext('2d');
          sheet?.drawImage(picture, 0, 0);
          const data = sheet?.getImageData(0, 0, job.width, job.height).data ?? new Uint8ClampedArray();
          const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
          found.push(Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''));
        }
        drawing.terminate();
        return found;
      },
      { worker: named('draw-worker'), kernel: named('kernel'), jobs },
    );
    const drawer = loadDrawer();
    const wanted = genomes.map(({ genome, width, height }) => {
      const { data, channels } = drawer.pixels(genome, width, height);
      const rgba = new Uint8Array(width * height * 4).fill(255);
      for (let i = 0; i < width * height; i++) {
        for (let c = 0; c < 3; c++) rgba[i * 4 + c] = data[i * channels + (channels === 1 ? 0 : c)] ?? 0;
      }
      return createHash('sha256').update(rgba).digest('hex');
    });
    expect(digests).toEqual(wanted);
    expect(new Set(wanted).size).toBeGreaterThan(COUNT / 2);
  });
});
