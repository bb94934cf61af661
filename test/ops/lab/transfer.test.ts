import { describe, expect, it } from 'vitest';
import { matchClasses } from '../../../ops/lab/transfer/match-classes.js';
import { type Transfer, transferFigures } from '../../../ops/lab/transfer/transfer.js';

const table = (labels: readonly string[], aliases: readonly (readonly string[])[] = []) => ({
  labels,
  aliases,
});

describe('classes of two networks', () => {
  it('are matched by their names, whatever their order, case and separators', () => {
    const match = matchClasses(
      table(['tench, Tinca tinca', 'school bus', 'lion']),
      table(['LION', 'school_bus', 'tench']),
    );
    expect(match).toEqual({ classes: [2, 1, 0], by: 'name' });
  });

  it('are matched by their synsets, where the labels have them', () => {
    const from = table(['a tench', 'a lion'], [['n01440764'], ['n02129165']]);
    const to = table(['n02129165', 'n01440764']);
    expect(matchClasses(from, to).classes).toEqual([1, 0]);
  });

  it('are left alone where the other network has none, and no two are the same', () => {
    expect(matchClasses(table(['crane', 'crane', 'owl']), table(['crane', 'newt'])).classes).toEqual([
      0,
      null,
      null,
    ]);
  });

  it('are matched by their place where one of the two has numbers only, and equally many', () => {
    const numbered = table(['class 0', 'class 1']);
    expect(matchClasses(table(['cat', 'dog']), numbered)).toEqual({ classes: [0, 1], by: 'index' });
    expect(matchClasses(table(['cat', 'dog', 'owl']), numbered).classes).toEqual([null, null, null]);
  });
});

describe('the figures of a transfer', () => {
  it('are those of a calculation by hand: classes that the other network lacks do not count', () => {
    const transfer: Transfer = {
      networks: [{ name: 'b', digest: 'b', classes: 4, labels: ['p', 'q', 'r', 's'] }],
      runs: [
        {
          name: 'run',
          encoding: 'cppn',
          network: 1,
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
