import { expect, it } from 'vitest';
import { createImages } from '../../../coordinator/http/images.js';
import type { Drawer } from '../../../protocol/drawing/drawer.js';
import { candidateOf } from '../fixtures.js';

/** Counts what it draws; noise, so that a PNG is as large as its pixels. */
function countingDrawer(): Drawer & { readonly drawn: number[] } {
  const drawn: number[] = [];
  return {
    drawn,
    tensor: () => new Float32Array(),
    pixels(_, width, height) {
      drawn.push(width);
      const data = Uint8Array.from({ length: width * height }, (_, i) => (i * 2_654_435_761) >>> 24);
      return { width, height, channels: 1, data };
    },
  };
}

const candidate = candidateOf(1);

it('draws an image once that is asked for twice, whether the first is done or not', async () => {
  const drawer = countingDrawer();
  const images = createImages(drawer, () => 0);
  const [a, b] = await Promise.all([images.draw(candidate, 32), images.draw(candidate, 32)]);
  expect(await images.draw(candidate, 32)).toBe(a);
  expect(b).toBe(a);
  await images.draw(candidate, 33);
  expect(drawer.drawn).toEqual([32, 33]);
});

it('keeps so many bytes and no more, the latest asked for', async () => {
  const drawer = countingDrawer();
  const size = (await createImages(countingDrawer(), () => 0).draw(candidate, 64))?.length ?? 0;
  const images = createImages(drawer, () => 0, { waiting: 4, cacheBytes: 2.5 * size });
  await images.draw(candidate, 64);
  await images.draw(candidate, 65);
  await images.draw(candidate, 64);
  // Room for two: 65 was asked for longest ago.
  await images.draw(candidate, 66);
  await images.draw(candidate, 64);
  await images.draw(candidate, 65);
  expect(drawer.drawn).toEqual([64, 65, 66, 65]);
  const large = await images.draw(candidate, 512);
  expect(large?.length).toBeGreaterThan(2.5 * size);
  expect((await images.draw(candidate, 512))?.length).toBe(large?.length);
});

it('draws one at a time, and leaves the coordinator as much time as it took', async () => {
  let now = 0;
  const began: number[] = [];
  const drawer: Drawer = {
    tensor: () => new Float32Array(),
    pixels(_, width, height) {
      began.push(performance.now());
      // As if it had taken 30 ms.
      now += 30;
      return { width, height, channels: 1, data: new Uint8Array(width * height) };
    },
  };
  const images = createImages(drawer, () => now);
  await Promise.all([8, 9, 10].map((size) => images.draw(candidate, size)));
  const [first = 0, second = 0, third = 0] = began;
  // Timers of Node may be a millisecond early.
  expect(second - first).toBeGreaterThan(28);
  expect(third - second).toBeGreaterThan(28);
});

it('goes on after an image that cannot be drawn', async () => {
  let broken = true;
  const good = countingDrawer();
  const drawer: Drawer = {
    ...good,
    pixels(...request) {
      if (broken) throw new Error('out of memory');
      return good.pixels(...request);
    },
  };
  const images = createImages(drawer, () => 0);
  await expect(images.draw(candidate, 16)).rejects.toThrow('out of memory');
  broken = false;
  expect((await images.draw(candidate, 16))?.length).toBeGreaterThan(0);
});

it('draws an image whose genome is no longer stored when its turn has come', async () => {
  const images = createImages(countingDrawer(), () => 0);
  let there = true;
  const passing = {
    ...candidateOf(2),
    get genome() {
      if (!there) throw new Error('stored no longer');
      return candidate.genome;
    },
  };
  const drawn = [images.draw(candidate, 16), images.draw(passing, 16)];
  there = false;
  expect(await drawn[1]).toEqual(await drawn[0]);
});
