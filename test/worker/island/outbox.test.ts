import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareElites, type Elite } from '../../../protocol/archive/elite.js';
import { createOutbox } from '../../../worker/island/outbox.js';

const elite: fc.Arbitrary<Elite> = fc.record({
  classId: fc.integer({ min: 0, max: 4 }),
  confidence: fc.constantFrom(0.1, 0.5, 0.9),
  candidate: fc.constantFrom('aa', 'bb', 'cc').map((digest) => ({
    genome: { encoding: 'direct', width: 1, height: 1, channels: 1, genes: new Uint16Array(1) } as const,
    bytes: new Uint8Array(),
    digest,
    evaluation: 1,
    island: 0,
  })),
});

it('the outbox is bounded by the number of classes and keeps the best of each', () => {
  fc.assert(
    fc.property(fc.array(elite, { maxLength: 200 }), (elites) => {
      const outbox = createOutbox();
      outbox.add(elites);
      const classes = [...new Set(elites.map(({ classId }) => classId))].sort();
      expect(outbox.size).toBe(classes.length);
      const best = classes.map(
        (classId) => elites.filter((e) => e.classId === classId).sort(compareElites)[0],
      );
      expect(
        outbox.take().map(({ classId, confidence, candidate }) => [classId, confidence, candidate.digest]),
      ).toEqual(best.map((e) => [e?.classId, e?.confidence, e?.candidate.digest]));
      expect(outbox.size).toBe(0);
    }),
  );
});
