import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { createSession } from '../classifier/onnx/session.js';
import { encodeModel } from '../onnx/file.js';
import { gradientName, reverseMode } from '../onnx/gradient/reverse-mode.js';
import type { GradientSession } from './gradient-session.js';
import { type NetworkPlan, weightShapes } from './network-plan.js';
import { IMAGES, LOGITS, LOSS, TARGETS, trainingGraph } from './training-graph.js';

/** A {@link GradientSession} on ONNX Runtime, on one thread: the same numbers give the same numbers. */
export async function openGradientSession(plan: NetworkPlan, batch: number): Promise<GradientSession> {
  const shapes = weightShapes(plan);
  const names = shapes.map(({ name }) => name);
  const forward = trainingGraph(plan, batch);
  const reverse = reverseMode(forward, {
    output: LOSS,
    withRespectTo: names,
    outputs: [LOSS, LOGITS],
    seed: ({ graph }) => ({ name: graph.scalar(1), inputs: [] }),
  });
  const sessions: readonly [InferenceSession, InferenceSession] = [
    await createSession(encodeModel(forward), 'cpu'),
    await createSession(encodeModel(reverse), 'cpu'),
  ];
  const noTargets = new Float32Array(batch * plan.classes);

  const feeds = (images: Float32Array, targets: Float32Array, weights: readonly Float32Array[]) => ({
    [IMAGES]: new Tensor('float32', images, [batch, plan.channels, plan.height, plan.width]),
    [TARGETS]: new Tensor('float32', targets, [batch, plan.classes]),
    ...Object.fromEntries(
      shapes.map(({ name, dims }, i) => [name, new Tensor('float32', weights[i] as Float32Array, [...dims])]),
    ),
  });

  return {
    batch,
    async gradients(images, targets, weights) {
      const results = await sessions[1].run(feeds(images, targets, weights));
      return {
        loss: floats(results, LOSS)[0] ?? Number.NaN,
        logits: floats(results, LOGITS),
        gradients: names.map((name) => floats(results, gradientName(name))),
      };
    },
    async logits(images, weights) {
      return floats(await sessions[0].run(feeds(images, noTargets, weights), [LOGITS]), LOGITS);
    },
    async close() {
      for (const session of sessions) await session.release();
    },
  };
}

function floats(results: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`the training graph gave no ${name}`);
  return data;
}
