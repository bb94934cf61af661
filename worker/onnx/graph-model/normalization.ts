import { float, int } from '../convert-graph.js';
import { pixelwise } from './blocks.js';
import { arranged, laidConstant, natural } from './layout.js';
import { type Call, flowOf, type Operators, operand } from './operator.js';
import { type Flow, isConstant } from './values.js';
import { formatOf, requireImages } from './window.js';

/** (x − mean) / √(variance + ε) · scale + offset for each channel; the inputs come in the order x, scale, offset, mean, variance. */
export function normalised(call: Call, epsilon: number): Flow {
  const { graph, attributes } = call;
  const input = flowOf(call, 0);
  const format = formatOf(call);
  requireImages(call, input);
  const names = [1, 2, 3, 4].map((i) => {
    const value = operand(call, i);
    return isConstant(value) ? laidConstant(graph, value, [0]) : natural(graph, value);
  });
  const source = arranged(graph, input, format.order);
  const name = graph.node('BatchNormalization', [source, ...names], {
    epsilon: float(attributes.number('epsilon', epsilon)),
  });
  return { kind: 'flow', type: 'float', shape: input.shape, order: format.order, name };
}

/** TensorFlow.js's own default, which is not TensorFlow's. */
const batchNorm = pixelwise((call) => normalised(call, 1e-3));

export const NORMALIZATIONS: Operators = {
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  LRN: (call) => {
    const { graph, attributes } = call;
    const input = flowOf(call, 0);
    const format = formatOf(call);
    requireImages(call, input);
    const size = 2 * attributes.number('depth_radius', 5) + 1;
    const name = graph.node('LRN', [arranged(graph, input, format.order)], {
      size: int(size),
      // ONNX divides it by the size of the neighbourhood.
      alpha: float(attributes.number('alpha', 1) * size),
      beta: float(attributes.number('beta', 0.5)),
      bias: float(attributes.number('bias', 1)),
    });
    return { kind: 'flow', type: 'float', shape: input.shape, order: format.order, name };
  },
};
