import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { OnnxModel } from '../onnx/file.js';
import type { Size } from '../onnx/graph.js';

/** Stand in for a width and a height that a model leaves open. */
export interface OpenSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** A TensorFlow.js model, layers or graph, written again as an ONNX network. */
export interface Converted {
  /**
   * One float input, its batch open. Images of rank 4 may lie in another layout than the original takes: the shape that
   * the graph declares says in which. Its outputs have the names that TensorFlow.js gives them, in its order.
   */
  readonly model: OnnxModel;
  /** The original's input. */
  readonly original: {
    /** With the batch first. */
    readonly dims: readonly Size[];
    readonly layout: TensorSpec['layout'];
  };
  /** Whether the network takes bytes 0 … 255 and scales them itself (a Rescaling layer stands at its head). */
  readonly takesBytes: boolean;
}
