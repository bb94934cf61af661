import { withBias } from './bias.js';
import { ELEMENTWISE } from './elementwise.js';
import { normalised } from './normalization.js';
import { type Call, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { activated } from './unary.js';
import type { Flow } from './values.js';

/**
 * What TensorFlow's optimiser put into one node with a convolution or a product of matrices: a bias or a normalisation, then
 * an activation. Their tensors are the inputs from the third on.
 */
export function fused(call: Call, value: Flow): Flow {
  let result = value;
  let next = 2;
  for (const step of call.attributes.texts('fused_ops')) {
    switch (step) {
      case 'BiasAdd': {
        const bias = operand(call, next++);
        const inner = { ...call, op: 'BiasAdd', inputs: [result, bias], isSole: () => true };
        const sum = withBias(inner) ?? ELEMENTWISE.BiasAdd?.(inner);
        if (sum === undefined || !('kind' in sum) || sum.kind !== 'flow') throw refusedUse(call, 'its bias');
        result = sum;
        break;
      }
      case 'FusedBatchNorm': {
        const constants = [0, 1, 2, 3].map((i) => operand(call, next + i));
        next += 4;
        result = normalised({ ...call, inputs: [result, ...constants] }, 1e-4);
        break;
      }
      default: {
        const slope = step === 'Prelu' ? operand(call, next++) : undefined;
        const active = activated(call, step, result, slope);
        if (active === undefined) throw refusedUse(call, `${step} is fused with it`);
        result = active;
      }
    }
  }
  return result;
}
