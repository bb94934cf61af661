import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Coordinator, createCoordinator } from '../../coordinator/coordinator.js';
import { archiveDigest } from '../../coordinator/intake/archive-digest.js';
import { createSqliteStore, openSqliteStore } from '../../coordinator/store/sqlite-store.js';
import type { Store } from '../../coordinator/store/store.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { encodeGenome } from '../../protocol/encodings/codec.js';
import { channelPair } from '../../protocol/transport/local/channel-pair.js';
import { createLocalHub } from '../../protocol/transport/local/hub.js';
import { createLocalIslandLink } from '../../protocol/transport/local/island-link.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { work } from '../../worker/worker.js';
import { labelsOf, specOf, temporaryDirectory } from './fixtures.js';

const CLASSES = 12;
const EVALUATIONS = 3000;
const spec = specOf(CLASSES, { budget: { evaluations: EVALUATIONS } });

/** A "network" that hashes what it is shown: quick, and every bit of the genome matters. */
const drawer: Drawer = {
  tensor: (genomes) =>
    Float32Array.from(genomes, (genome) =>
      encodeGenome(genome).reduce((hash, byte) => (hash * 31 + byte) % 8_388_593, 7),
    ),
  pixels: () => ({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }),
};

const classifier: Classifier = {
  engine: 'onnx',
  output: 'softmax',
  device: 'test',
  digest: spec.modelDigest,
  classes: CLASSES,
  input: { layout: 'NHWC', width: 1, height: 1, channels: 'grey', scale: [1], offset: [0] },
  batch: 8,
  async classify(tensor, count) {
    // Lets messages through between batches, as a real network does.
    await new Promise((resolve) => setImmediate(resolve));
    return Float32Array.from({ length: count * CLASSES }, (_, i) => {
      const image = tensor[Math.floor(i / CLASSES)] ?? 0;
      return ((image * (2 * (i % CLASSES) + 1)) % 8_388_593) / 8_388_593;
    });
  },
  async warmup() {},
  async close() {},
};

function start(store: Store): { coordinator: Coordinator; startWorker(): { kill(): void } } {
  const hub = createLocalHub();
  const coordinator = createCoordinator({
    link: hub,
    store,
    spec,
    model: { type: 'directory', path: '' },
    clock: Date.now,
    commitMilliseconds: 5,
    tickMilliseconds: 10,
  });
  return {
    coordinator,
    startWorker() {
      const [mine, theirs] = channelPair();
      hub.attach(mine);
      const link = createLocalIslandLink(theirs);
      const parts = { link, name: 'worker', pid: 1, clock: () => performance.now() / 1000 };
      void work({ ...parts, openClassifier: async () => classifier, openDrawer: () => drawer }).catch(
        () => undefined,
      );
      return { kill: () => theirs.close() };
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

it('one island ends with the same archive, byte for byte, however often worker and coordinator die', async () => {
  const directory = temporaryDirectory();
  const straight = createSqliteStore(join(directory.path, 'straight.db'), labelsOf(CLASSES));
  const undisturbed = start(straight);
  undisturbed.startWorker();
  await undisturbed.coordinator.done;
  const expected = archiveDigest(undisturbed.coordinator.archive);
  expect(undisturbed.coordinator.summary().totals.evaluations).toBe(EVALUATIONS);
  await undisturbed.coordinator.stop();

  const path = join(directory.path, 'archive.db');
  createSqliteStore(path, labelsOf(CLASSES)).close();
  for (const share of [0.2, 0.5, 0.8]) {
    const { coordinator, startWorker } = start(openSqliteStore(path));
    const evaluations = () => coordinator.summary().totals.evaluations;
    let worker = startWorker();
    await until(() => evaluations() > EVALUATIONS * (share - 0.1));
    worker.kill();
    worker = startWorker();
    await until(() => evaluations() > EVALUATIONS * share);
    worker.kill();
    await coordinator.stop();
  }
  const last = start(openSqliteStore(path));
  last.startWorker();
  await last.coordinator.done;
  expect(archiveDigest(last.coordinator.archive)).toBe(expected);
  expect(last.coordinator.summary().totals.evaluations).toBe(EVALUATIONS);
  await last.coordinator.stop();
  directory.remove();
});
