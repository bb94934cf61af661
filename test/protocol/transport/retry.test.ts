import { expect, it } from 'vitest';
import { retry } from '../../../protocol/transport/retry.js';

/** An attempt that fails so often, and what was waited in between. */
function failing(times: number) {
  const pauses: number[] = [];
  let left = times;
  return {
    pauses,
    pause: async (milliseconds: number) => void pauses.push(milliseconds),
    attempt: async () => {
      if (left-- > 0) throw new Error(`${left} left`);
      return 'done';
    },
  };
}

it('what fails is tried again after ever longer pauses, until it is done', async () => {
  const { attempt, pause, pauses } = failing(5);
  expect(await retry(attempt, { giveUp() {}, pause, first: 100, last: 500 })).toBe('done');
  expect(pauses).toEqual([100, 200, 400, 500, 500]);
});

it('pauses are all the same where no longest one is given', async () => {
  const { attempt, pause, pauses } = failing(3);
  await retry(attempt, { giveUp() {}, pause, first: 100 });
  expect(pauses).toEqual([100, 100, 100]);
});

it('what cannot help ends it at once, with its own error', async () => {
  const { attempt, pause, pauses } = failing(5);
  const hopeless = new Error('hopeless');
  const giveUp = (error: unknown) => {
    if (String(error).includes('2 left')) throw hopeless;
  };
  await expect(retry(attempt, { giveUp, pause, first: 100 })).rejects.toBe(hopeless);
  expect(pauses).toEqual([100, 100]);
});
