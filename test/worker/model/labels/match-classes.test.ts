import { describe, expect, it } from 'vitest';
import { matchClasses } from '../../../../worker/model/labels/match-classes.js';

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
