import { join } from 'node:path';
import { expect, it } from 'vitest';
import { restoreArchive } from '../../../coordinator/intake/restore.js';
import { createSqliteStore, openSqliteStore } from '../../../coordinator/store/sqlite-store.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { startChild } from '../../child.js';
import { checkpointAt, labelsOf, temporaryDirectory } from '../fixtures.js';

const KILLS = 4;

it('loses nothing that was acknowledged, and stores no half batch, when it is killed at any moment', async () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'archive.db');
  createSqliteStore(path, labelsOf(4)).close();
  const random = randomFrom(Date.now(), 'kills');
  let before = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = startChild('writer.ts', path);
    await child.line('stored');
    await new Promise((resolve) => setTimeout(resolve, random.below(150)));
    await child.kill();
    const acknowledged = Number(child.lines.at(-1)?.split(' ')[1]);

    const store = openSqliteStore(path);
    const checkpoint = store.islands()[0]?.checkpoint;
    const evaluations = checkpoint?.totals.evaluations ?? 0;
    expect(acknowledged).toBeGreaterThan(before);
    // One batch may have been stored and not yet printed.
    expect([acknowledged, acknowledged + 1]).toContain(evaluations);
    expect(checkpoint).toEqual(checkpointAt(evaluations));
    expect([...restoreArchive(store).confidences]).toEqual(
      Array.from({ length: 4 }, () => Math.fround(1 - 1 / (evaluations + 1))),
    );
    const history = store.history();
    expect(history).toHaveLength(4 * evaluations);
    for (const { confidence, previousConfidence } of history) {
      expect(confidence).toBeGreaterThan(previousConfidence ?? 0);
    }
    store.close();
    before = evaluations;
  }
  directory.remove();
});
