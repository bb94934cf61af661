import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import type { TfjsModel, WeightSpec } from '../../../../worker/tfjs/files.js';
import { convertGraph } from '../../../../worker/tfjs/graph-model/convert.js';
import { expectSame, runOnnx } from './oracle.js';
import { edited, refusalOf, small } from './small-network.js';

beforeAll(useWasm);

describe('files', () => {
  it('write numbers as strings or as numbers, and text as base64 or as codes', async () => {
    const random = randomFrom(1);
    const model = small();
    const inNumbers = edited(model, (nodes) => {
      for (const { attr } of nodes as { attr: Record<string, Record<string, unknown>> }[]) {
        if (attr.strides) attr.strides = { list: { i: [1, 1, 1, 1] } };
        if (attr.dilations) attr.dilations = { list: { i: [1, 1, 1, 1] } };
        if (attr.padding) attr.padding = { s: [...Buffer.from('SAME')] };
        if (attr.shape) attr.shape = { shape: { dim: [-1, 6, 6, 3].map((size) => ({ size })) } };
        if (attr.dtype) attr.dtype = { type: 1 };
      }
    });
    await expectSame(inNumbers, random, { sizes: [6, 6, 3] });
  });

  it('hold constants in their nodes, as bytes or as a list that leaves repetitions out', async () => {
    const nodes = [
      {
        name: 'x',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '-1' }, { size: '4' }] } } },
      },
      {
        name: 'a',
        op: 'Const',
        attr: {
          value: {
            tensor: {
              dtype: 'DT_FLOAT',
              tensorShape: { dim: [{ size: '4' }] },
              tensorContent: Buffer.from(Float32Array.of(1, 2, 3, 4).buffer).toString('base64'),
            },
          },
        },
      },
      {
        name: 'b',
        op: 'Const',
        attr: { value: { tensor: { dtype: 1, tensorShape: { dim: [{ size: '4' }] }, floatVal: [5, 6] } } },
      },
      { name: 'm', op: 'Mul', input: ['x:0', 'a', '^b'] },
      { name: 'y', op: 'AddV2', input: ['m', 'b:0', '^x'] },
    ];
    const json = { modelTopology: { node: nodes }, signature: { outputs: { y: { name: 'y' } } } };
    const converted = convertGraph({ format: 'graph', json, specs: [], data: new Uint8Array() });
    const [output] = await runOnnx(converted, Float32Array.of(1, 1, 1, 1), [1, 4]);
    expect([...(output?.data ?? [])]).toEqual([6, 8, 9, 10]);
  });

  it('hold weights in eight, sixteen or half of thirty-two bits, behind strings', async () => {
    const random = randomFrom(3);
    for (const dtype of ['uint8', 'uint16', 'float16'] as const) {
      const model = small();
      const chunks: Buffer[] = [];
      let start = 0;
      const specs = model.specs.map((spec): WeightSpec => {
        const length = spec.shape.reduce((product, size) => product * size, 1);
        const bytes = model.data.slice(start, start + 4 * length);
        start += 4 * length;
        if (spec.dtype !== 'float32') {
          chunks.push(Buffer.from(bytes));
          return spec;
        }
        const levels = Array.from({ length }, () => random.below(dtype === 'uint8' ? 256 : 0x3c00));
        chunks.push(
          Buffer.from(
            dtype === 'uint8' ? Uint8Array.from(levels) : new Uint8Array(Uint16Array.from(levels).buffer),
          ),
        );
        const quantization =
          dtype === 'float16' ? { dtype } : { dtype, scale: dtype === 'uint8' ? 1 / 255 : 1e-4, min: -0.5 };
        return { ...spec, quantization };
      });
      const quantised = { ...model, specs, data: new Uint8Array(Buffer.concat(chunks)) };
      await expectSame(quantised, random, { sizes: [6, 6, 3] });
      const name = Buffer.from([3, 0, 0, 0, ...Buffer.from('cat')]);
      const behind: TfjsModel = {
        ...quantised,
        specs: [{ name: 'names', shape: [1], dtype: 'string' }, ...specs],
        data: new Uint8Array(Buffer.concat([name, quantised.data])),
      };
      expect(convertGraph(behind).model).toEqual(convertGraph(quantised).model);
    }
  });

  it('that are broken are said to be', () => {
    const model = small();
    expect(refusalOf({ ...model, json: { modelTopology: { node: [] } } })).toMatch(/^ERR_MODEL_FILE: /);
    const lost = edited(model, (nodes) => nodes.splice(1, 1));
    expect(refusalOf(lost)).toMatch(/^ERR_MODEL_FILE: .* takes "Const_1", which is not in it/);
    const round = edited(model, (nodes) => {
      const first = nodes.find(({ op }) => op === 'Conv2D');
      const last = nodes.find(({ op }) => op === 'Softmax');
      if (first) first.input = [last?.name, 'Const_1'];
    });
    expect(refusalOf(round)).toMatch(/^ERR_MODEL_FILE: .* waits for itself/);
    expect(refusalOf({ ...model, specs: [], data: new Uint8Array() })).toMatch(/"Const_\d+" has no weights/);
  });
});
