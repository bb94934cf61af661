import { expect, it } from 'vitest';
import { sizeOf } from '../../../ops/cli/size.js';

it('a size is a side, or a width and a height', () => {
  expect(sizeOf('224')).toEqual({ width: 224, height: 224 });
  expect(sizeOf('76x41')).toEqual({ width: 76, height: 41 });
  expect(sizeOf('76X41')).toEqual({ width: 76, height: 41 });
});

it('an invalid size is refused', () => {
  for (const text of ['0', '5000', '76x', 'x41', '76x0', '7.5', '-3', '76x41x3', '']) {
    expect(() => sizeOf(text), text).toThrow('expected a size like 224 or 76x41');
  }
});
