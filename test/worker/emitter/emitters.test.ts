import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { EmitterName } from '../../../protocol/spec/emitter-names.js';
import { emitterFor } from '../../../worker/emitter/emitters.js';
import { createIsland } from '../../../worker/island/island.js';
import { denseSpec, linearScorer } from './linear-scorer.js';

describe('what emitters had learnt, damaged in the archive,', () => {
  const lists: readonly EmitterName[][] = [['cma'], ['mutation', 'gradient'], ['iso-line', 'cma']];

  it.each(lists.map((emitters) => [emitters.join(' and '), emitters] as const))(
    'is told as that, with what to do (%s)',
    async (_, emitters) => {
      const spec = denseSpec({ evolution: { emitters } });
      const found = (emitter?: Uint8Array) => ({
        island: 0,
        spec,
        random: randomFrom(spec.seed),
        scorer: linearScorer(spec),
        emitter: emitterFor(spec),
        ...(emitter && { checkpoint: { ...saved, emitter } }),
      });
      const island = createIsland(found());
      let saved = island.checkpoint();
      // A search that begins anew has learnt nothing yet.
      while (island.totals.evaluations < 100 || saved.emitter === undefined) {
        await island.step(100);
        saved = island.checkpoint();
      }
      const whole = saved.emitter;
      expect(() => createIsland(found(whole))).not.toThrow();
      const damaged = [whole.subarray(0, -1), Uint8Array.of(0), whole.map((byte) => byte ^ 0x55)];
      for (const state of damaged) {
        expect(() => createIsland(found(state))).toThrow(
          expect.objectContaining({
            code: 'ERR_CHECKPOINT',
            exitCode: 2,
            message:
              'What the emitters of an island had learnt is damaged in archive.db. Restore the run from a backup.',
          }),
        );
      }
    },
  );
});
