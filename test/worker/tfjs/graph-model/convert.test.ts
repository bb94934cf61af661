import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { convertGraph } from '../../../../worker/tfjs/graph-model/convert.js';
import { flag, graphWriter, whole } from './graph-writer.js';
import { expectSame, operatorsOf, runOnnx } from './oracle.js';
import { edited, refusalOf, small } from './small-network.js';

beforeAll(useWasm);

describe('outputs', () => {
  it('are the nodes that nothing follows where there is no signature', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([-1, 6, 6, 3]);
    const pooled = g.node('Mean', [x, g.ints([1, 2])]);
    g.node('Softmax', [pooled]);
    g.node('Sigmoid', [pooled]);
    const converted = await expectSame(g.model(), random, { sizes: [6, 6, 3] });
    expect(converted.model.graph.output?.map(({ name }) => name)).toEqual(['Softmax_3', 'Sigmoid_4']);
  });

  it('of one node keep apart, by their ports', async () => {
    const g = graphWriter(randomFrom(1));
    const pooled = g.node('Mean', [g.input([-1, 6, 6, 4]), g.ints([1, 2])]);
    const split = g.node('Split', [g.ints([1], []), pooled], { num_split: whole(2) });
    const converted = convertGraph(g.model([split, `${split}:1`]));
    const image = Float32Array.from({ length: 144 }, (_, i) => i % 4);
    const found = await runOnnx(converted, image, [1, 6, 6, 4]);
    expect(found.map(({ name, data }) => [name, ...data])).toEqual([
      [split, 0, 1],
      [`${split}:1`, 2, 3],
    ]);
  });

  it('follow the signature of the metadata before the other', () => {
    const model = small();
    const nodes = (model.json.modelTopology as { node: { name: string; op: string }[] }).node;
    const inner = nodes.find(({ op }) => op === 'Mean')?.name ?? '';
    const userDefinedMetadata = { signature: { outputs: { features: { name: `${inner}:0` } } } };
    const converted = convertGraph({ ...model, json: { ...model.json, userDefinedMetadata } });
    expect(converted.model.graph.output?.map(({ name }) => name)).toEqual([inner]);
  });

  it('that are written as exponentials over their sum are one softmax', async () => {
    const random = randomFrom(1);
    for (const isShifted of [true, false]) {
      const g = graphWriter(random);
      const pooled = g.node('Mean', [g.input([-1, 6, 6, 3]), g.ints([1, 2])]);
      const logits = g.node('MatMul', [pooled, g.weights(3, 5)]);
      const most = g.node('Max', [logits, g.ints([-1])], { keep_dims: flag(true) });
      const powers = g.node('Exp', [isShifted ? g.node('Sub', [logits, most]) : logits]);
      const sum = g.node('Sum', [powers, g.ints([-1])], { keep_dims: flag(true) });
      const converted = await expectSame(g.model([g.node('RealDiv', [powers, sum])]), random, {
        sizes: [6, 6, 3],
        images: 100,
      });
      expect(operatorsOf(converted)).toEqual({
        GlobalAveragePool: 1,
        Flatten: 1,
        Gemm: 1,
        Softmax: 1,
        Identity: 1,
      });
    }
  });
});

describe('refusals', () => {
  it('name the operator, the node and the way out', () => {
    const model = small({ tail: (g, y) => g.node('TopKV2', [y, g.ints([2], [])]) });
    expect(refusalOf(model)).toBe(
      'ERR_LAYER_CLASS: The model has an operator that Atoll cannot convert: TopKV2 (node "TopKV2_9"). Run this model with --engine tensorflow.',
    );
  });

  it('of a graph that runs other graphs name what runs them', () => {
    const model = small({ tail: (g, y) => g.node('StatelessWhile', [y]) });
    expect(refusalOf(model)).toMatch(/cannot convert: StatelessWhile \(node "StatelessWhile_\d+"\)/);
  });

  it('of a loop, whose operators take what comes after them, name what closes it', () => {
    const model = edited(
      small({ tail: (g, y) => g.node('NextIteration', [g.node('Merge', [y, y])]) }),
      (nodes) => {
        const merge = nodes.find(({ op }) => op === 'Merge');
        const next = nodes.find(({ op }) => op === 'NextIteration');
        if (merge) merge.input = [(merge.input as string[])[0], next?.name];
      },
    );
    expect(refusalOf(model)).toMatch(/^ERR_LAYER_CLASS: .*NextIteration/);
  });

  it('do not concern what no output needs', () => {
    const g = graphWriter(randomFrom(1));
    const x = g.input([-1, 6, 6, 3]);
    g.node('HashTableV2', []);
    g.node('SomethingOfTraining', [x]);
    expect(refusalOf(g.model([g.node('Mean', [x, g.ints([1, 2])])]))).toBe('converted');
  });

  it('say which way of using an operator is meant', () => {
    const model = small({ head: (g, x) => g.node('Reshape', [x, g.ints([-1, 5, 5, 3])]) });
    expect(refusalOf(model)).toMatch(
      /^ERR_LAYER_OPTION: .*Reshape \(node "Reshape_\d+"\).*\[-1, 5, 5, 3\] of \[N, 6, 6, 3\]\. Run this/,
    );
  });
});
