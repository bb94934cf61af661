import { existsSync } from 'node:fs';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../../protocol/drawing/load.js';
import type { TensorSpec } from '../../../../protocol/drawing/tensor-spec.js';
import type { DenseShape } from '../../../../protocol/encodings/dense/genome.js';
import { DENSE_PARAMETERS } from '../../../../protocol/encodings/dense/parameters.js';
import { randomDense } from '../../../../protocol/encodings/dense/variation.js';
import type { Classifier } from '../../../../worker/classifier/classifier.js';
import { openClassifier } from '../../../../worker/classifier/open.js';
import { createDrawnScorer } from '../../../../worker/drawn-scorer.js';
import { loadModel } from '../../../../worker/model/resolve.js';
import { createDenseScorer } from '../../../../worker/onnx/dense/dense-scorer.js';
import { DENSE_WEIGHTS, joinDrawing } from '../../../../worker/onnx/dense/joined.js';
import type { OnnxModel } from '../../../../worker/onnx/file.js';
import { gradientName, reverseMode, seedName } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { floatTensor, readFloats } from '../../../../worker/onnx/tensor.js';
import { distance } from '../../classifier/conformance.js';
import { sessionOf } from '../gradient/finite-differences.js';
import { node, tinyModel } from '../tiny-networks.js';

const RGB: TensorSpec = {
  layout: 'NCHW',
  width: 40,
  height: 32,
  channels: 'RGB',
  scale: [1 / 255, 1 / 200, 1 / 100],
  offset: [-0.5, 0, 0.25],
};
const SHAPE: DenseShape = { channels: 3, layers: 3, width: 24 };

/** A network that gives what it is shown. */
function mirror(dims: readonly (number | string)[]): OnnxModel {
  const model = tinyModel({
    inputs: [{ name: 'x', dims }],
    outputs: [{ name: 'y', dims }],
    nodes: [node('Identity', ['x'], 'y')],
  });
  return { ...model, graph: model.graph ?? {} };
}

async function drawn(
  spec: TensorSpec,
  dims: readonly number[],
  shape: DenseShape,
  { count, onCpu }: { readonly count: number; readonly onCpu: boolean },
) {
  const random = randomFrom(1, 'drawn');
  const genomes = Array.from({ length: count }, () => randomDense(shape, random));
  const shown = { input: 'x', dims, batch: 'any', spec, onCpu } as const;
  const model = joinDrawing(mirror(['N', ...dims]), shown, shape);
  const session = await sessionOf(model);
  const weights = genomes.flatMap((genome) => [...DENSE_PARAMETERS.read(genome)]);
  const input = new Tensor('float32', Float32Array.from(weights), [count, weights.length / count]);
  const { y } = await session.run({ [DENSE_WEIGHTS]: input });
  await session.release();
  return { found: y?.data as Float32Array, wanted: loadDrawer().tensor(genomes, spec, 'single') };
}

describe('the engine draws dense genomes', () => {
  it.each([
    ['planes', RGB, [3, 32, 40], SHAPE],
    ['blue first', { ...RGB, channels: 'BGR' }, [3, 32, 40], SHAPE],
    ['pixel by pixel', { ...RGB, layout: 'NHWC' }, [32, 40, 3], { ...SHAPE, layers: 1, width: 8 }],
    ['in grey', { ...RGB, channels: 'grey', scale: [0.1], offset: [1] }, [32, 40], { ...SHAPE, channels: 1 }],
    ['in bands and stretches', { ...RGB, width: 90, height: 70 }, [3, 70, 90], SHAPE],
  ] as [string, TensorSpec, number[], DenseShape][])(
    'as the kernel does, but for bytes that lie between two: %s',
    async (_, spec, dims, shape) => {
      for (const onCpu of [true, false]) {
        const { found, wanted } = await drawn(spec, dims, shape, { count: 3, onCpu });
        expect(found).toHaveLength(wanted.length);
        const byte = Math.max(...spec.scale);
        const off = [...wanted.keys()].filter((i) => Math.abs((wanted[i] ?? 0) - (found[i] ?? 0)) > 1e-5);
        expect(off.length / wanted.length).toBeLessThan(2e-3);
        expect(distance(found, wanted)).toBeLessThan(1.01 * byte);
      }
    },
  );

  it('and knows in which direction every weight changes the picture, as if nothing were rounded', async () => {
    const shape: DenseShape = { channels: 3, layers: 2, width: 8 };
    // On a GPU in three stretches, the last of them cut off.
    const spec = { ...RGB, width: 40, height: 32 };
    const whole = joinDrawing(
      mirror(['N', 3, 32, 40]),
      { input: 'x', dims: [3, 32, 40], batch: 'any', spec },
      shape,
    );
    const smooth = {
      ...whole,
      graph: {
        ...whole.graph,
        // The number that leaves no bits for fractions: by 0 nothing is rounded.
        initializer: (whole.graph.initializer ?? []).map((each) =>
          readFloats(each)?.[0] === 1.5 * 2 ** 23
            ? floatTensor(each.name ?? '', [], Float32Array.of(0))
            : each,
        ),
      },
    };
    const random = randomFrom(1, 'weights');
    const weights = DENSE_PARAMETERS.read(randomDense(shape, random)).map((value) => value / 3);
    const seed = Float32Array.from({ length: 3840 }, () => random.uniform());
    const gradient = await sessionOf(reverseMode(whole, { output: 'y', withRespectTo: [DENSE_WEIGHTS] }));
    const results = await gradient.run({
      [DENSE_WEIGHTS]: new Tensor('float32', weights, [1, weights.length]),
      [seedName('y')]: new Tensor('float32', seed, [1, 3, 32, 40]),
    });
    const found = results[gradientName(DENSE_WEIGHTS)]?.data as Float32Array;
    const session = await sessionOf(smooth);
    const value = async (i: number, step: number) => {
      const moved = weights.with(i, (weights[i] ?? 0) + step);
      const { y } = await session.run({ [DENSE_WEIGHTS]: new Tensor('float32', moved, [1, moved.length]) });
      const numbers = y?.data as Float32Array;
      return numbers.reduce((sum, each, k) => sum + each * (seed[k] ?? 0), 0);
    };
    const scale = found.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    for (let i = 0; i < weights.length; i += 3) {
      const slope = ((await value(i, 5e-3)) - (await value(i, -5e-3))) / 1e-2;
      expect(Math.abs(slope - (found[i] ?? 0)) / scale).toBeLessThan(5e-3);
    }
  });
});

const SQUEEZENET = '../shared/models/onnx/squeezenet1.1-7.onnx';

describe.each([
  ['digits', 'digits', 20],
  ['SqueezeNet', SQUEEZENET, 4],
])('a scorer whose engine draws (%s)', (name, reference, count) => {
  const absent = name === 'SqueezeNet' && !existsSync(SQUEEZENET);
  let classifier: Classifier;
  let shape: DenseShape;
  beforeAll(async () => {
    if (absent) return;
    classifier = await openClassifier(await loadModel(reference), { engine: 'onnx', device: 'cpu' });
    shape = { ...SHAPE, channels: classifier.input.channels === 'grey' ? 1 : 3 };
  });
  afterAll(() => classifier?.close());

  it.skipIf(absent)(
    'agrees with the one that the kernel draws for, and gives the same with a gradient',
    async () => {
      const random = randomFrom(2, 'scored');
      const genomes = Array.from({ length: count }, () => randomDense(shape, random));
      const engine = createDenseScorer({ classifier, shape });
      const found = await engine.score(genomes);
      const wanted = await createDrawnScorer({ classifier, drawer: loadDrawer(), views: 'single' }).score(
        genomes,
      );
      expect(distance(found, wanted)).toBeLessThan(2e-3);
      const { confidences, gradients } = await engine.gradient(
        genomes,
        genomes.map((_, i) => i % 10),
      );
      expect(distance(confidences, found)).toBeLessThan(1e-4);
      expect(gradients.map(({ length }) => length)).toEqual(genomes.map(({ weights }) => weights.length));
      for (const gradient of gradients) expect(gradient.every(Number.isFinite)).toBe(true);
    },
  );

  it.skipIf(absent)('climbs from a random genome to a class in a few steps along it', async () => {
    const engine = createDenseScorer({ classifier, shape });
    const start = randomDense(shape, randomFrom(3, 'start'));
    const weights = DENSE_PARAMETERS.read(start);
    const chances: number[] = [];
    for (let step = 0; step < 8; step++) {
      const genome = DENSE_PARAMETERS.write(weights, start);
      const { confidences, gradients } = await engine.gradient([genome], [3]);
      chances.push(-Math.log(confidences[3] ?? 0));
      const slope = gradients[0] ?? new Float32Array();
      weights.forEach((weight, i) => {
        weights[i] = weight - 0.02 * Math.sign(slope[i] ?? 0);
      });
    }
    expect(chances.at(-1)).toBeLessThan((chances[0] ?? 0) - 0.5);
  });
});
