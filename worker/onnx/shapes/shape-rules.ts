import { arithmetic, broadcast, dynamicQuantization, likeFirst, quantizedSum, same } from './elementwise.js';
import {
  convolutionOf,
  depthToSpace,
  globalPool,
  pool,
  resize,
  spaceToDepth,
  transposedConvolution,
} from './images.js';
import { gemmOf, matrixProductOf } from './products.js';
import {
  concat,
  expand,
  filled,
  flatten,
  gather,
  pad,
  reshape,
  shapeOf,
  size,
  slice,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from './rearrangements.js';
import { argument, layerNormalization, reduction } from './reductions.js';
import type { ShapeRule } from './shape-rule.js';

const LIKE_FIRST =
  'Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Ceil Celu Clip Cos Cosh CumSum DequantizeLinear Dropout Elu Erf Exp Floor Gelu ' +
  'HardSigmoid HardSwish Hardmax InstanceNormalization LRN LeakyRelu Log LogSoftmax LpNormalization ' +
  'IsInf IsNaN MeanVarianceNormalization Mish Neg Not QLinearLeakyRelu QLinearSigmoid QuantizeLinear Reciprocal Relu Round ' +
  'ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan Tanh ThresholdedRelu Trilu';
const BROADCAST =
  'And Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Or PRelu Pow Sum Where Xor BitShift';
const REDUCTIONS =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare';

const rules = (names: string, rule: ShapeRule) => names.split(' ').map((name) => [name, rule] as const);

/** How the shape of each operator's outputs follows from its inputs. */
export const SHAPE_RULES: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...rules(LIKE_FIRST, likeFirst),
  ...rules(BROADCAST, broadcast),
  ...rules(REDUCTIONS, reduction),
  ...rules('ArgMax ArgMin', argument),
  ...rules('Cast CastLike Identity', same),
  ['Add', arithmetic((a, b) => a + b)],
  ['Sub', arithmetic((a, b) => a - b)],
  ['Mul', arithmetic((a, b) => a * b)],
  ['Div', arithmetic((a, b) => Math.trunc(a / b))],
  ...rules('Conv ConvInteger', convolutionOf(1)),
  ['QLinearConv', convolutionOf(3)],
  ['QLinearAdd', quantizedSum],
  ['DynamicQuantizeLinear', dynamicQuantization],
  ['ConvTranspose', transposedConvolution],
  ...rules('MaxPool AveragePool LpPool QLinearAveragePool', pool),
  ...rules('GlobalAveragePool GlobalMaxPool GlobalLpPool QLinearGlobalAveragePool', globalPool),
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth],
  ['Resize', resize],
  ['Gemm', gemmOf(1)],
  ['QGemm', gemmOf(3)],
  ...rules('MatMul MatMulInteger', matrixProductOf(1)),
  ['QLinearMatMul', matrixProductOf(3)],
  ['LayerNormalization', layerNormalization],
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['Pad', pad],
  ['Expand', expand],
  ['Tile', tile],
  ['Shape', shapeOf],
  ['Size', size],
  ['ConstantOfShape', filled],
]);
