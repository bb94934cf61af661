import type { NetworkPlan } from './network-plan.js';

/** What one batch says of the weights. */
export interface BatchOutcome {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Shape [batch, classes]. */
  readonly logits: Float32Array;
  /** Of the loss, by each tensor of weights. */
  readonly gradients: readonly Float32Array[];
}

/** The port by which weights are trained: what gives losses and their gradients. */
export interface GradientSession {
  /** Images of every batch. */
  readonly batch: number;
  /**
   * `images` has shape [batch, channels, height, width], `targets` [batch, classes]; `weights` are in the order of
   * weightShapes(plan). Nothing of them is kept.
   */
  gradients(
    images: Float32Array,
    targets: Float32Array,
    weights: readonly Float32Array[],
  ): Promise<BatchOutcome>;
  /** The logits alone, [batch, classes]. */
  logits(images: Float32Array, weights: readonly Float32Array[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a session for a plan; see onnx-session.ts. */
export type OpenGradientSession = (plan: NetworkPlan, batch: number) => Promise<GradientSession>;
