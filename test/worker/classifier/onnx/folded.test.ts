import { describe, expect, it } from 'vitest';
import { folded } from '../../../../worker/classifier/onnx/folded.js';
import { float, int } from '../../../../worker/onnx/builder.js';
import type { NodeProto, OnnxModel, TensorProto } from '../../../../worker/onnx/file.js';
import { reverseMode } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { floatTensor, integerTensor, readIntegers } from '../../../../worker/onnx/tensor.js';
import { op } from '../../onnx/gradient/finite-differences.js';
import { tinyModel } from '../../onnx/tiny-networks.js';

const INPUTS = { x: [1, 6] };
const scalar = (name: string, value: number): TensorProto => ({ ...integerTensor(name, [value]), dims: [] });

function network(nodes: readonly NodeProto[], weights: readonly TensorProto[]): OnnxModel {
  const inputs = [{ name: 'x', dims: [1, 6] }];
  return tinyModel({ inputs, outputs: [{ name: 'y', dims: [1, 3] }], nodes, weights }) as OnnxModel;
}

/** Every other of six numbers, by indices that a loop counts: as exporters write a view of memory. */
function counted(start: string): OnnxModel {
  const value = (name: string) => ({ name, type: { tensorType: { elemType: 7, shape: { dim: [] } } } });
  const body = {
    name: 'body',
    node: [
      op('Add', ['place', 'two'], 'next'),
      op('Identity', ['go'], 'on'),
      op('Identity', ['place'], 'found'),
    ],
    input: [
      value('i'),
      { name: 'go', type: { tensorType: { elemType: 9, shape: { dim: [] } } } },
      value('place'),
    ],
    output: [
      { name: 'on', type: { tensorType: { elemType: 9, shape: { dim: [] } } } },
      value('next'),
      value('found'),
    ],
  };
  const loop = op('Loop', ['three', '', start], ['last', 'places'], { body: { type: 5, g: body } });
  return network(
    [op('Identity', ['two'], 'zero'), loop, op('Gather', ['x', 'places'], 'y', { axis: int(1) })],
    [scalar('three', 3), scalar('two', 2), scalar('none', 0)],
  );
}

describe('the constant parts of a network', () => {
  it('are run where shapes and indices rest on them', async () => {
    const model = counted('none');
    expect(() => reverseMode(model, { output: 'y', withRespectTo: ['x'], inputs: INPUTS })).toThrow(
      'Nothing tells the shape of "places", which the operator Loop gives, and the gradient needs it.',
    );
    const known = await folded(model, INPUTS);
    const places = known.graph.initializer?.find(({ name }) => name === 'places');
    expect(places && readIntegers(places)).toEqual([0, 2, 4]);
    expect(() => reverseMode(known, { output: 'y', withRespectTo: ['x'], inputs: INPUTS })).not.toThrow();
  });

  it('are left as they are where the graph tells them, and where they move', async () => {
    const plain = network(
      [op('Unsqueeze', ['row', 'first'], 'w'), op('Mul', ['x', 'w'], 'y')],
      [floatTensor('row', [6], new Float32Array(6).fill(2)), integerTensor('first', [0])],
    );
    expect(await folded(plain, INPUTS)).toBe(plain);
    const random = network(
      [
        op('RandomNormal', [], 'r', { mean: float(1), shape: { type: 7, ints: [1, 6] } }),
        op('NonZero', ['r'], 'places'),
        op('Gather', ['x', 'places'], 'y', { axis: int(1) }),
      ],
      [],
    );
    expect(await folded(random, INPUTS)).toBe(random);
  });
});
