import { describe, expect, it } from 'vitest';
import { stretched } from '../../../ops/ascend/stretch.js';

describe('a picture with its contrast stretched', () => {
  it('has the distances from its median times a factor that takes the farthest to 112 levels', () => {
    const data = Uint8Array.of(100, 104, 100, 92, 100, 100);
    const { picture, factor } = stretched({ width: 3, height: 2, channels: 1, data });
    // 99 % of the way from the fifth distance, 4, to the sixth, 8, less a twentieth.
    expect(factor).toBeCloseTo(112 / 7.8, 6);
    expect(Array.from(picture.data)).toEqual([100, 157, 100, 0, 100, 100]);
  });

  it('keeps the colour of what is in the middle, channel by channel', () => {
    const data = Uint8Array.from([10, 20, 200, 10, 20, 200, 11, 20, 190]);
    const { picture } = stretched({ width: 3, height: 1, channels: 3, data });
    expect(Array.from(picture.data.subarray(0, 6))).toEqual([10, 20, 200, 10, 20, 200]);
  });

  it('is the same picture where it is flat, or uses all levels', () => {
    for (const data of [new Uint8Array(4).fill(7), Uint8Array.of(0, 255, 0, 255)]) {
      expect(stretched({ width: 2, height: 2, channels: 1, data })).toMatchObject({
        factor: 1,
        picture: { data },
      });
    }
  });
});
