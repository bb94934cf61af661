import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { type DenseShape, weightCount } from '../../../protocol/encodings/dense/genome.js';
import { DENSE_WEIGHTS, joinDrawing } from '../../onnx/dense/joined.js';
import { encodeModel } from '../../onnx/file.js';
import { classCount } from '../../onnx/output-kind.js';
import { checkClassIds, type DenseClassifier } from '../classifier.js';
import { confidencesOf } from '../confidences.js';
import { type Differentiable, type GradientRunner, openGradient } from './gradient-runner.js';
import { createSession, type Feed, runnerOf } from './session.js';

/** Opens a network that draws dense genomes itself; its gradient is opened when it is first asked for. */
export async function openDense(
  network: Differentiable,
  spec: TensorSpec,
  shape: DenseShape,
): Promise<DenseClassifier> {
  const { feed, batch: together, device, width, kind } = network;
  const model = joinDrawing(network.model, { ...feed, spec, onCpu: device.kind === 'cpu' }, shape);
  // Where a trial has found that images mix, or there is no batch at all, genomes come one by one.
  const batch =
    together === 'single' ? (feed.batch === 'any' || feed.batch === 'single' ? 1 : feed.batch) : together;
  const weights: Feed = { input: DENSE_WEIGHTS, output: feed.output, dims: [weightCount(shape)], batch };
  const runner = runnerOf(await createSession(encodeModel(model), device.provider), weights);
  let gradients: Promise<GradientRunner> | undefined;
  let closing: Promise<void> | undefined;

  function refuseClosed(): void {
    if (closing) throw new Error(`the drawing classifier of ${network.name} is closed`);
  }

  async function release(): Promise<void> {
    await runner.release();
    // One that could not be opened holds nothing; who asked for it was told.
    const opened = await gradients?.catch(() => undefined);
    await opened?.release();
  }

  return {
    async classify(genomes, count) {
      refuseClosed();
      return confidencesOf(await runner.run(genomes, count), width, kind);
    },
    async gradient(genomes, count, classIds) {
      refuseClosed();
      checkClassIds(classIds, count, classCount(width));
      gradients ??= openGradient({ ...network, model, feed: weights, batch });
      const found = await (await gradients).run(genomes, count, classIds);
      return { confidences: confidencesOf(found.scores, width, kind), gradient: found.gradient };
    },
    close() {
      closing ??= release();
      return closing;
    },
  };
}
