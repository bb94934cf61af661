import { describe, expect, it } from 'vitest';
import { createFailures } from '../../../worker/emitter/failures.js';

describe('the visits that gained nothing', () => {
  it('are counted by class, until one gains', () => {
    const failures = createFailures();
    expect(failures.save()).toBeUndefined();
    for (const classId of [7, 3, 7, 70_000]) failures.add(classId);
    failures.clear(3);
    expect([7, 3, 70_000, 1].map((classId) => failures.of(classId))).toEqual([2, 0, 1, 0]);
  });

  it('come back from what was saved, in the order in which they are forgotten', () => {
    const failures = createFailures();
    for (let classId = 0; classId < 1024; classId++) failures.add(classId);
    failures.add(0);
    for (let visit = 0; visit < 300; visit++) failures.add(5);
    const again = createFailures(failures.save());
    expect(again.save()).toEqual(failures.save());
    expect([again.of(0), again.of(5)]).toEqual([2, 255]);
    for (const each of [failures, again]) each.add(5000);
    // One more than are known at a time: class 1 failed longest ago.
    expect([again.of(1), again.of(2), again.of(5000)]).toEqual([0, 1, 1]);
    expect(again.save()).toEqual(failures.save());
  });

  it.each([[Uint8Array.of(2)], [Uint8Array.of(1, 0, 0)], [new Uint8Array(1 + 5 * 1025).fill(1)]])(
    'are not read from other bytes',
    (bytes) => {
      expect(() => createFailures(bytes)).toThrow('not a state of the emitter "gradient"');
    },
  );
});
