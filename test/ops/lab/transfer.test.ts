import { describe, expect, it } from 'vitest';
import { type Transfer, transferFigures } from '../../../ops/lab/transfer/transfer.js';

describe('the figures of a transfer', () => {
  it('are those of a calculation by hand: classes that the other network lacks do not count', () => {
    const transfer: Transfer = {
      networks: [{ name: 'b', digest: 'b', classes: 4, labels: ['p', 'q', 'r', 's'] }],
      runs: [
        {
          name: 'run',
          encoding: 'cppn',
          network: 1,
          further: [],
          labels: ['p', 'q', 'x'],
          classIds: [0, 1, 2],
          stored: [1, 1, 1],
          verdicts: [
            {
              by: 'name',
              same: [0, 1, null],
              named: [0, 3, 2],
              inNamed: [0.9, 0.6, 0.99],
              inSame: [0.9, 0.2, null],
            },
          ],
        },
      ],
    };
    expect(transferFigures(transfer)).toEqual([
      {
        ...{ run: 'run', network: 'b', own: false, elites: 2, top1: 0.5, chance: 0.25 },
        ...{ median: 0.55, mean: 0.55, atLeast99: 0, medianInNamed: 0.9 },
      },
    ]);
  });
});
