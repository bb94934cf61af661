import { describe, expect, it } from 'vitest';
import { MOST_CMA_PARAMETERS } from '../../../protocol/spec/check-emitters.js';
import { MAX_EMITTER_BYTES } from '../../../protocol/wire/messages.js';
import { chooseArm, type Play, WINDOW } from '../../../worker/emitter/bandit.js';
import { readBanditState, writeBanditState } from '../../../worker/emitter/bandit-state.js';
import { writeCmaState } from '../../../worker/emitter/cma-state.js';
import { startAt } from '../../../worker/emitter/separable-cma.js';

/** Plays so often; `pay` of an arm at a play is what it gives per forward pass. How often each arm was played. */
function play(arms: number, times: number, pay: (arm: number, time: number) => number): number[] {
  let window: readonly Play[] = [];
  const counts = new Array<number>(arms).fill(0);
  for (let time = 0; time < times; time++) {
    const arm = chooseArm(arms, window);
    counts[arm] = (counts[arm] ?? 0) + 1;
    window = [...window, { arm, cost: 25, improvement: 25 * pay(arm, time) }].slice(-WINDOW);
  }
  return counts;
}

describe('the bandit', () => {
  it('plays each arm once before it plays one again', () => {
    expect(play(4, 4, (arm) => arm)).toEqual([1, 1, 1, 1]);
  });

  it('gives nearly all to the arm that pays most, whatever the unit of pay', () => {
    for (const unit of [1e-6, 1, 1e6]) {
      const counts = play(3, 1000, (arm) => unit * ([1, 0.3, 0][arm] ?? 0));
      expect(counts[0]).toBeGreaterThan(850);
      expect(Math.min(...counts)).toBeGreaterThan(5);
    }
  });

  it('shares alike where all pay alike, also nothing', () => {
    for (const pay of [0, 1]) {
      for (const count of play(3, 300, () => pay)) expect(Math.abs(count - 100)).toBeLessThan(20);
    }
  });

  it('is with the better arm two windows after the arms have changed places', () => {
    const late: number[] = [];
    play(2, 600, (arm, time) => {
      if (time >= 300 + 2 * WINDOW) late.push(arm);
      return (arm === 0) === time < 300 ? 1 : 0.2;
    });
    expect(late.filter((arm) => arm === 1).length / late.length).toBeGreaterThan(0.85);
  });
});

describe('the state of a bandit', () => {
  const plays = Array.from({ length: WINDOW }, (_, i) => ({ arm: i % 2, cost: 25 + i, improvement: i / 3 }));
  const state = {
    plays,
    current: { arm: 1, cost: 0.1, improvement: 1 / 7 },
    emitters: [undefined, Uint8Array.of(1, 2, 3)],
  };

  it('is read back the very same', () => {
    expect(readBanditState(writeBanditState(state), 2)).toEqual(state);
  });

  it('is refused where it is cut, or of other arms', () => {
    const bytes = writeBanditState(state);
    expect(() => readBanditState(bytes, 3)).toThrow();
    expect(() => readBanditState(bytes.subarray(0, -1), 2)).toThrow();
    expect(() => readBanditState(Uint8Array.of(9), 2)).toThrow();
  });

  it('fits into a checkpoint beside the largest search', () => {
    const distribution = startAt(new Float32Array(MOST_CMA_PARAMETERS), 1);
    const cma = writeCmaState({ classId: 1, digest: 'ab'.repeat(32), distribution });
    expect(writeBanditState({ ...state, emitters: [cma] }).length).toBeLessThan(MAX_EMITTER_BYTES);
  });
});
