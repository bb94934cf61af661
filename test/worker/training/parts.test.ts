import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { floatToHalf } from '../../../worker/onnx/half.js';
import { halfToFloat } from '../../../worker/onnx/tensor.js';
import { NO_AUGMENTATION, writeAugmented, writePlain } from '../../../worker/training/augmentation.js';
import { bestEpoch, hasStalled } from '../../../worker/training/early-stopping.js';
import type { ImageSet } from '../../../worker/training/image-set.js';
import { convnet, lenet, placedLayers, weightShapes } from '../../../worker/training/network-plan.js';
import { OPTIMISERS } from '../../../worker/training/optimiser.js';
import { scheduledRate } from '../../../worker/training/schedule.js';
import { splitSet } from '../../../worker/training/split.js';

const FRAME = { width: 4, height: 4, channels: 3, normalisation: { scale: 1, offset: 0 } };

function picture(channels: 1 | 3 | 4, pixel: (x: number, y: number) => readonly number[]): ImageSet {
  const pixels = Uint8Array.from(
    Array.from({ length: 16 }, (_, i) => pixel(i % 4, Math.floor(i / 4)).slice(0, channels)).flat(),
  );
  return { count: 1, width: 4, height: 4, channels, pixels, labels: Uint16Array.of(0), classes: ['a'] };
}

const RAMP = picture(3, (x, y) => [10 * x + 40 * y, 100, 200 - x]);

describe('an image that is not changed', () => {
  it('comes through as planes, byte for byte', () => {
    const out = new Float32Array(48);
    writePlain(RAMP, 0, FRAME, out, 0);
    expect([...out.subarray(0, 6)]).toEqual([0, 10, 20, 30, 40, 50]);
    expect([...out.subarray(16, 18)]).toEqual([100, 100]);
    const augmented = new Float32Array(48);
    writeAugmented(RAMP, 0, FRAME, NO_AUGMENTATION, randomFrom(1, 'a'), augmented, 0);
    expect(augmented).toEqual(out);
  });

  it('with opacity lies on white', () => {
    const out = new Float32Array(48);
    writePlain(
      picture(4, (x) => [0, 0, 0, x === 0 ? 255 : x === 1 ? 51 : 0]),
      0,
      FRAME,
      out,
      0,
    );
    expect([...out.subarray(0, 4)]).toEqual([0, 204, 255, 255]);
  });
});

describe('a changed image', () => {
  const changed = (augmentation: Partial<typeof NO_AUGMENTATION>, seed: number, set = RAMP) => {
    const out = new Float32Array(48);
    writeAugmented(set, 0, FRAME, { ...NO_AUGMENTATION, ...augmentation }, randomFrom(seed, 'a'), out, 0);
    return out;
  };

  it('mirrors half of the time, exactly', () => {
    const plain = changed({}, 1);
    const rows = (values: Float32Array) =>
      Array.from({ length: 12 }, (_, i) => [...values.subarray(4 * i, 4 * i + 4)]);
    const mirrored = rows(plain).flatMap((row) => row.toReversed());
    const found = Array.from({ length: 60 }, (_, seed) => [...changed({ mirror: true }, seed)]);
    const turned = found.filter((each) => String(each) === String(mirrored)).length;
    const same = found.filter((each) => String(each) === String([...plain])).length;
    expect(turned + same).toBe(60);
    expect(turned).toBeGreaterThan(15);
    expect(same).toBeGreaterThan(15);
  });

  it('turned by colour keeps grey grey, and every value a byte', () => {
    const grey = picture(3, (x, y) => Array<number>(3).fill(20 * x + 40 * y));
    for (let seed = 0; seed < 20; seed++) {
      const out = changed({ colour: 1 }, seed, grey);
      for (let i = 0; i < 16; i++) {
        expect(out[i]).toBeCloseTo(out[i + 16] as number, 2);
        expect(out[i]).toBeCloseTo(out[i + 32] as number, 2);
      }
      for (const value of out) expect(value >= 0 && value <= 255).toBe(true);
    }
  });

  it('of one grey is that of three equal colours', () => {
    const greyFrame = { ...FRAME, width: 6, height: 5, channels: 1 };
    const all = { shift: 0.4, rotation: 30, scale: 1.5, colour: 1, mirror: true, erase: 0.5 };
    const grey = (x: number, y: number) => (60 * x * y + 25 * x) % 256;
    const [one, three] = [
      picture(1, (x, y) => [grey(x, y)]),
      picture(3, (x, y) => Array<number>(3).fill(grey(x, y))),
    ];
    for (let seed = 0; seed < 50; seed++) {
      const [found, expected] = [one, three].map((set) => {
        const out = new Float32Array(30);
        writeAugmented(set, 0, greyFrame, all, randomFrom(seed, 'a'), out, 0);
        return out;
      });
      expected?.forEach((value, i) => {
        expect(found?.[i]).toBeCloseTo(value, 3);
      });
    }
  });

  it('moved stays itself away from the rim: a ramp moves by a constant', () => {
    const ramp = picture(1, (x) => [60 * x]);
    const out = changed({ shift: 0.2 }, 5, ramp);
    expect((out[2] as number) - (out[1] as number)).toBeCloseTo(60, 3);
    expect(out[1]).not.toBeCloseTo(60, 1);
  });
});

describe('early stopping', () => {
  const history = [0.5, 0.7, 0.7, 0.6, 0.7].map((accuracy, i) => ({
    loss: 1,
    trainAccuracy: 0,
    accuracy,
    validationLoss: i === 2 ? 0.1 : 1,
  }));

  it('takes the most accurate epoch, and of equals the one with the smaller loss', () => {
    expect(bestEpoch(history)).toBe(2);
    expect(bestEpoch([])).toBe(-1);
  });

  it('ends after so many epochs without an improvement, and never for 0', () => {
    expect([1, 2, 3].map((patience) => hasStalled(history, patience))).toEqual([true, true, false]);
    expect(hasStalled(history, 0)).toBe(false);
  });
});

describe('the rate', () => {
  it('rises to its greatest, and falls to nearly nothing', () => {
    const rates = Array.from({ length: 200 }, (_, step) => scheduledRate(1, step, 200));
    expect(Math.max(...rates)).toBe(1);
    expect(rates.indexOf(1)).toBe(10);
    expect(rates[0]).toBeLessThan(0.1);
    expect(rates.at(-1)).toBeLessThan(0.001);
    expect(scheduledRate(1, 0, 1)).toBe(1);
  });
});

describe('optimisers', () => {
  it.each(['adam', 'sgd'] as const)('%s finds the bottom of a bowl', (name) => {
    const optimiser = OPTIMISERS[name];
    const weights = [Float32Array.of(3, -2)];
    let state = optimiser.start(weights);
    for (let i = 0; i < 300; i++) {
      const gradient = (weights[0] as Float32Array).map((value, k) => (k + 1) * (value - 1));
      state = optimiser.step(weights, [gradient], state, { rate: 0.05, decay: 0 }, [false]);
    }
    expect(weights[0]?.[0]).toBeCloseTo(1, 1);
    expect(weights[0]?.[1]).toBeCloseTo(1, 1);
    expect(state.steps).toBe(300);
  });

  it('adam takes a first step of the rate against the sign of the gradient', () => {
    const weights = [Float32Array.of(0, 0)];
    OPTIMISERS.adam.step(
      weights,
      [Float32Array.of(5, -0.01)],
      OPTIMISERS.adam.start(weights),
      { rate: 0.1, decay: 0 },
      [false],
    );
    expect(weights[0]?.[0]).toBeCloseTo(-0.1, 5);
    expect(weights[0]?.[1]).toBeCloseTo(0.1, 5);
  });

  it('decay takes a share of what decays, and nothing of what does not', () => {
    const weights = [Float32Array.of(2), Float32Array.of(2)];
    const zeros = [Float32Array.of(0), Float32Array.of(0)];
    const { sgd } = OPTIMISERS;
    sgd.step(weights, zeros, sgd.start(weights), { rate: 0.1, decay: 0.5 }, [true, false]);
    expect(weights.map(([value]) => value)).toEqual([Math.fround(1.9), 2]);
  });
});

describe('a split', () => {
  it('keeps the share of each class, leaves no image out, and is the same by seed', () => {
    const count = 40;
    const set: ImageSet = {
      count,
      width: 1,
      height: 1,
      channels: 1,
      pixels: Uint8Array.from({ length: count }, (_, i) => i),
      labels: Uint16Array.from({ length: count }, (_, i) => (i < 30 ? 0 : i < 39 ? 1 : 2)),
      classes: ['a', 'b', 'c'],
    };
    const { train, validation } = splitSet(set, 0.2, 4);
    expect([...train.pixels, ...validation.pixels].sort((a, b) => a - b)).toEqual([...set.pixels]);
    const counts = [0, 1, 2].map((label) => validation.labels.filter((each) => each === label).length);
    expect(counts).toEqual([6, 2, 0]);
    expect(splitSet(set, 0.2, 4).validation.pixels).toEqual(validation.pixels);
    expect(splitSet(set, 0.2, 5).validation.pixels).not.toEqual(validation.pixels);
  });
});

describe('the networks', () => {
  it('are LeNet as it ships, and a convnet of at most a million weights for 1,000 classes', () => {
    const weights = (plan: Parameters<typeof weightShapes>[0]) =>
      weightShapes(plan).reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0);
    expect(weights(lenet(28, 28, 1, 10))).toBe(55_602);
    expect(weights(convnet(48, 48, 3, 1000))).toBeLessThan(1_000_000);
    expect(placedLayers(convnet(16, 16, 1, 2)).at(-1)?.gives).toEqual([2, 1, 1]);
    expect(() => placedLayers(lenet(8, 8, 1, 10))).toThrow(/leaves nothing/);
  });
});

describe('half floats', () => {
  it('are the nearest ones: every half is its own, and what lies between goes to the nearer', () => {
    for (let bits = 0; bits < 0x7c00; bits++) expect(floatToHalf(halfToFloat(bits))).toBe(bits);
    for (let bits = 0; bits < 0x7bff; bits += 7) {
      const [below, above] = [halfToFloat(bits), halfToFloat(bits + 1)];
      expect(floatToHalf(below + 0.4 * (above - below))).toBe(bits);
      expect(floatToHalf(below + 0.6 * (above - below))).toBe(bits + 1);
      expect(floatToHalf((below + above) / 2) % 2).toBe(0);
    }
    expect([-2, 65519, 65520, Number.NaN].map(floatToHalf)).toEqual([0xc000, 0x7bff, 0x7c00, 0x7e00]);
  });
});
