import { einsum } from './einsum.js';
import {
  arithmetic,
  broadcast,
  cast,
  dynamicQuantization,
  likeFirst,
  ofNumber,
  quantizedSum,
  range,
  same,
} from './elementwise.js';
import {
  convolutionOf,
  depthToSpace,
  globalPool,
  pool,
  resize,
  spaceToDepth,
  transposedConvolution,
} from './images.js';
import { product } from './list.js';
import { fusedMatrixProduct, gemmOf, matrixProductOf } from './products.js';
import {
  concat,
  expand,
  filled,
  flatten,
  gather,
  gatherElements,
  gatherNumbered,
  pad,
  quantizedConcat,
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
import { argument, layerNormalization, reduction, reductionBy } from './reductions.js';
import type { ShapeRule } from './shape-rule.js';

const LIKE_FIRST =
  'Acos Acosh Asin Asinh Atan Atanh BatchNormalization Celu Clip Cos Cosh CumSum DequantizeLinear Dropout Elu Erf Exp FastGelu Gelu ' +
  'GroupNormalization HardSigmoid HardSwish Hardmax InstanceNormalization LRN LeakyRelu Log LogSoftmax LpNormalization ' +
  'IsInf IsNaN MeanVarianceNormalization Mish Not QLinearLeakyRelu QLinearSigmoid QuantizeLinear QuickGelu Reciprocal Relu Round ' +
  'ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan Tanh ThresholdedRelu Trilu';
const BROADCAST = 'BitShift Mean Mod PRelu Pow Sum Xor';
const REDUCTIONS = 'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMean ReduceSumSquare';
const truth = (holds: (a: number, b: number) => boolean) =>
  arithmetic((a = 0, b = 0) => (holds(a, b) ? 1 : 0));

const rules = (names: string, rule: ShapeRule) => names.split(' ').map((name) => [name, rule] as const);

/** How the shape of each operator's outputs follows from its inputs. */
export const SHAPE_RULES: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...rules(LIKE_FIRST, likeFirst),
  ...rules(BROADCAST, broadcast),
  ...rules(REDUCTIONS, reduction),
  ...rules('ArgMax ArgMin', argument),
  ['ReduceMax', reductionBy((numbers) => Math.max(...numbers))],
  ['ReduceMin', reductionBy((numbers) => Math.min(...numbers))],
  ['ReduceProd', reductionBy(product)],
  ['ReduceSum', reductionBy((numbers) => numbers.reduce((sum, each) => sum + each, 0))],
  ['Cast', cast],
  ['CastLike', likeFirst],
  ['Identity', same],
  ['Add', arithmetic((a = 0, b = 0) => a + b)],
  ['Sub', arithmetic((a = 0, b = 0) => a - b)],
  ['Mul', arithmetic((a = 0, b = 0) => a * b)],
  [
    'Div',
    arithmetic(
      (a = 0, b = 1) => Math.trunc(a / b),
      (a = 0, b = 1) => a / b,
    ),
  ],
  ['Max', arithmetic(Math.max)],
  ['Min', arithmetic(Math.min)],
  ['Equal', truth((a, b) => a === b)],
  ['Greater', truth((a, b) => a > b)],
  ['GreaterOrEqual', truth((a, b) => a >= b)],
  ['Less', truth((a, b) => a < b)],
  ['LessOrEqual', truth((a, b) => a <= b)],
  ['And', truth((a, b) => a !== 0 && b !== 0)],
  ['Or', truth((a, b) => a !== 0 || b !== 0)],
  ['Where', arithmetic((condition = 0, a = 0, b = 0) => (condition === 0 ? b : a))],
  ['Neg', ofNumber((x) => -x)],
  ['Abs', ofNumber(Math.abs)],
  ['Ceil', ofNumber(Math.ceil)],
  ['Floor', ofNumber(Math.floor)],
  ['Range', range],
  ['GatherElements', gatherElements],
  ['GatherND', gatherNumbered],
  ...rules('Conv ConvInteger', convolutionOf(1)),
  ['QLinearConv', convolutionOf(3)],
  ...rules('QLinearAdd QLinearMul', quantizedSum),
  ['QLinearConcat', quantizedConcat],
  ['DynamicQuantizeLinear', dynamicQuantization],
  ['ConvTranspose', transposedConvolution],
  ...rules('MaxPool AveragePool LpPool QLinearAveragePool', pool),
  ...rules('GlobalAveragePool GlobalMaxPool GlobalLpPool QLinearGlobalAveragePool', globalPool),
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth],
  ['Resize', resize],
  ['Einsum', einsum],
  ['Gemm', gemmOf(1)],
  ['QGemm', gemmOf(3)],
  ...rules('MatMul MatMulInteger', matrixProductOf(1)),
  ['QLinearMatMul', matrixProductOf(3)],
  ['FusedMatMul', fusedMatrixProduct],
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
