import { describe, expect, it } from 'vitest';
import type { CardInput } from '../../../worker/model/card.js';
import { inputSpec } from '../../../worker/model/input-spec.js';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../../worker/model/preprocessing.js';

const COLOUR = [{ layout: 'NCHW', channels: 3, width: 8, height: 6 }] as const;
const GREY = [{ layout: 'NHWC', channels: 1, width: 8, height: 8 }] as const;

/** What becomes of the pixel (red, green, blue) = (255, 0, 51), in the order of the network's channels. */
function tensorOf(...said: CardInput[]): { channels: string; values: number[] } {
  const { channels, scale, offset } = inputSpec(COLOUR, said, 'net.onnx');
  const bytes = channels === 'BGR' ? [51, 0, 255] : [255, 0, 51];
  const values = bytes.map((byte, c) => byte * (scale[c] ?? 0) + (offset[c] ?? 0));
  return { channels, values: values.map((value) => Number(value.toFixed(4))) };
}

describe('--preprocess', () => {
  const presets: [PresetName, string, number[]][] = [
    ['unit', 'RGB', [1, 0, 0.2]],
    ['signed', 'RGB', [1, -1, -0.6]],
    ['imagenet', 'RGB', [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225]],
    ['caffe', 'BGR', [51 - 103.939, -116.779, 255 - 123.68]],
    ['byte', 'RGB', [255, 0, 51]],
  ];
  it.each(presets)('%s is what Keras and torchvision do', (preprocess, channels, expected) => {
    expect(tensorOf({ preprocess })).toEqual({
      channels,
      values: expected.map((value) => Number(value.toFixed(4))),
    });
  });

  it.each(PRESET_NAMES)('%s in the other order is the same for each colour', (preprocess) => {
    const order = PRESETS[preprocess].channels === 'RGB' ? 'BGR' : 'RGB';
    const { values } = tensorOf({ preprocess });
    expect(tensorOf({ preprocess, channels: order })).toEqual({
      channels: order,
      values: values.toReversed(),
    });
  });

  it('names an order that goes before that of a card, but not before that of a flag', () => {
    expect(tensorOf({ preprocess: 'caffe' }, { channels: 'RGB', scale: 1 }).channels).toBe('BGR');
    expect(tensorOf({ preprocess: 'unit' }, { channels: 'BGR', scale: 1 }).channels).toBe('RGB');
    expect(tensorOf({ preprocess: 'caffe', channels: 'RGB' }).channels).toBe('RGB');
    expect(tensorOf({ channels: 'RGB' }, { preprocess: 'caffe' }).channels).toBe('RGB');
  });

  it('goes before the numbers of a card', () => {
    expect(tensorOf({ preprocess: 'unit' }, { mean: 127, std: 128, range: 255 }).values).toEqual([1, 0, 0.2]);
  });

  it('is refused beside numbers in the same place', () => {
    const refusals: [CardInput, RegExp][] = [
      [
        { preprocess: 'unit', mean: 0.5 },
        /^mean and preprocess \(unit\) are both given for net\.onnx\. Remove mean, or preprocess\.$/,
      ],
      [
        { preprocess: 'caffe', scale: 1, offset: 0 },
        /^scale and offset and preprocess \(caffe\) are both given/,
      ],
    ];
    for (const [input, sentence] of refusals)
      expect(() => inputSpec(COLOUR, [input], 'net.onnx')).toThrow(sentence);
  });

  it('suits a grey network where it has no mean for each colour, and is else refused', () => {
    for (const preprocess of ['unit', 'signed', 'byte'] as const) {
      expect(inputSpec(GREY, [{ preprocess }], 'net.onnx').channels).toBe('grey');
    }
    for (const preprocess of ['imagenet', 'caffe'] as const) {
      expect(() => inputSpec(GREY, [{ preprocess }], 'net.onnx')).toThrow(
        `preprocess ${preprocess} has a mean for each colour, but net.onnx takes grey images. Use unit, signed or byte, or give mean and std.`,
      );
    }
  });
});

describe('a network that takes bytes', () => {
  it('gets them without a word', () => {
    const { scale, offset } = inputSpec(COLOUR, [{}], 'net.onnx', { takesBytes: true });
    expect([scale, offset]).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
  });

  it('gets what else is said', () => {
    expect(inputSpec(COLOUR, [{ preprocess: 'signed' }], 'net.onnx', { takesBytes: true }).offset).toEqual([
      -1, -1, -1,
    ]);
  });
});

describe('mean and std', () => {
  it('of bytes are refused under a range of 1, with the flags to type', () => {
    for (const said of [
      { mean: 127.5, std: 127.5 },
      { mean: [123.68, 116.779, 103.939] },
      { std: 255 },
      { mean: 128, range: 1 },
    ]) {
      expect(() => inputSpec(COLOUR, [said], 'net.onnx')).toThrow(
        /^--(mean|std) [\d.]+ .*--range is 1.*Add --range 255/,
      );
    }
    expect(() => inputSpec(COLOUR, [{ mean: 127.5, std: 127.5, range: 255 }], 'net.onnx')).not.toThrow();
    expect(() => inputSpec(COLOUR, [{ mean: 0, std: 1 }, { mean: 300 }], 'net.onnx')).not.toThrow();
  });

  it('need one number, or one for each channel', () => {
    expect(() => inputSpec(GREY, [{ mean: [0.5, 0.5, 0.5] }], 'net.onnx')).toThrow(
      /^mean has 3 numbers, but net\.onnx has 1 channel\. /,
    );
  });
});

describe('what is not known is asked for in two sentences', () => {
  it('with the flags that answer', () => {
    const open = [
      { layout: 'NCHW', channels: 3, width: 3, height: 8 },
      { layout: 'NHWC', channels: 3, width: 8, height: 3 },
    ] as const;
    expect(() => inputSpec(COLOUR, [], 'net.onnx')).toThrow(
      /^How net\.onnx expects its pixels is not known\. Add --preprocess unit/,
    );
    expect(() => inputSpec(open, [{ scale: 1 }], 'net.onnx')).toThrow(
      /^The order of the axes of net\.onnx is not known\. Add --layout NCHW/,
    );
    const sizes = [{ ...COLOUR[0], width: undefined }];
    expect(() => inputSpec(sizes, [{ scale: 1 }], 'net.onnx')).toThrow(
      /^The size of the images that net\.onnx takes is not known\. Add --size/,
    );
  });

  it('or said to be wrong', () => {
    expect(() => inputSpec(COLOUR, [{ width: 5, scale: 1 }], 'net.onnx')).toThrow(
      'net.onnx takes images of NCHW, 8×6, 3 channels, but 5×? is given for it. Correct the card or the flags.',
    );
  });
});
