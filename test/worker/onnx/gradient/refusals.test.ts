import { describe, expect, it } from 'vitest';
import { BadInputError } from '../../../../protocol/base/errors.js';
import { int } from '../../../../worker/onnx/builder.js';
import type { NodeProto, OnnxModel } from '../../../../worker/onnx/file.js';
import { reverseMode } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { node, tinyModel } from '../tiny-networks.js';
import { op } from './finite-differences.js';

/** ONNX's number for truth values. */
const BOOL = 9;

function refusalOf(nodes: readonly NodeProto[], opset = 13): BadInputError {
  const model = { ...tinyModel({ nodes }), opsetImport: [{ domain: '', version: opset }] } as OnnxModel;
  try {
    reverseMode(model, { output: 'y', withRespectTo: ['x'] });
  } catch (error) {
    expect(error).toBeInstanceOf(BadInputError);
    expect((error as BadInputError).code).toBe('ERR_GRADIENT');
    return error as BadInputError;
  }
  throw new Error('nothing was refused');
}

describe('a gradient that cannot be made is refused in one sentence that names', () => {
  it('the operator', () => {
    expect(refusalOf([node('Det', ['x'], 'y')]).problem).toBe('No gradient is known of the operator Det.');
    const hidden = [node('Hardmax', ['x'], 'h'), node('Relu', ['h'], 'y')];
    expect(refusalOf(hidden).problem).toBe('No gradient is known of the operator Hardmax.');
  });

  it('an operator of another domain with its domain', () => {
    const foreign = { ...node('Relu', ['x'], 'y'), domain: 'my.company' };
    expect(refusalOf([foreign]).problem).toMatch(/operator my\.company\.Relu\./);
  });

  it('what of an operator is not known', () => {
    const training = op('BatchNormalization', ['x', 'x', 'x', 'x', 'x'], 'y', {
      training_mode: { type: 2, i: 1 },
    });
    expect(refusalOf([training]).problem).toMatch(
      /BatchNormalization where it takes its statistics from the batch/,
    );
  });

  it('a Dropout that drops numbers at random', () => {
    const nodes = [
      op('Constant', [], 'one', { value_int: int(1) }),
      op('Cast', ['one'], 'training', { to: int(BOOL) }),
      op('Dropout', ['x', '', 'training'], 'y'),
    ];
    expect(refusalOf(nodes).problem).toMatch(/Dropout where it drops numbers at random, or may/);
  });

  it('statistics of each pixel', () => {
    const old = op('BatchNormalization', ['x', 'x', 'x', 'x', 'x'], 'y', { spatial: int(0) });
    expect(refusalOf([old], 7).problem).toMatch(/BatchNormalization where its statistics are of each pixel/);
  });

  it('an operator set that is too old', () => {
    expect(refusalOf([node('Relu', ['x'], 'y')], 6).problem).toMatch(/operator set 6/);
  });

  it('an input that the output does not depend on', () => {
    expect(refusalOf([node('Shape', ['x'], 's'), node('ConstantOfShape', ['s'], 'y')]).problem).toMatch(
      /"y" does not depend on "x"/,
    );
  });
});
