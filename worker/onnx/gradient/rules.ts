import * as activation from './activations.js';
import * as arithmetic from './arithmetic.js';
import { convolution, transposedConvolution } from './convolution.js';
import { einsum } from './einsum.js';
import { maxPool } from './max-pool.js';
import * as normalization from './normalization.js';
import { averagePool } from './pooling.js';
import { gemm, matrixProduct } from './products.js';
import * as quantization from './quantization.js';
import * as rearrangement from './rearrangements.js';
import * as reduction from './reductions.js';
import { resize } from './resize.js';
import type { Rule } from './rule.js';
import * as scatter from './scatter.js';
import { logSoftmax, softmax } from './softmax.js';

/** What a gradient ends at: results that do not move with their inputs, or shapes of them. */
export const still: Rule = () => [];

const STILL =
  'And ArgMax ArgMin ConstantOfShape Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual NonZero Not OneHot Or Shape ' +
  'Sign Size Xor';

/** The rules of ONNX's operators. */
export const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...STILL.split(' ').map((name) => [name, still] as const),
  ['Abs', activation.absolute],
  ['Acos', activation.arcCosine],
  ['Acosh', activation.inverseHyperbolicCosine],
  ['Add', arithmetic.addition],
  ['Asin', activation.arcSine],
  ['Asinh', activation.inverseHyperbolicSine],
  ['Atan', activation.arcTangent],
  ['Atanh', activation.inverseHyperbolicTangent],
  ['AveragePool', averagePool],
  ['BatchNormalization', normalization.batchNormalization],
  ['Cast', quantization.rounding],
  ['CastLike', quantization.rounding],
  ['Ceil', quantization.rounding],
  ['Celu', activation.celu],
  ['Clip', activation.clip],
  ['Concat', rearrangement.concatenated],
  ['Conv', convolution],
  ['ConvTranspose', transposedConvolution],
  ['Cos', activation.cosine],
  ['Cosh', activation.hyperbolicCosine],
  ['CumSum', reduction.cumulativeSum],
  ['DepthToSpace', rearrangement.blocksBy('SpaceToDepth')],
  ['DequantizeLinear', quantization.dequantize],
  ['Div', arithmetic.division],
  ['Dropout', rearrangement.dropout],
  ['DynamicQuantizeLinear', quantization.dynamicQuantize],
  ['Einsum', einsum],
  ['Elu', activation.elu],
  ['Erf', activation.errorFunction],
  ['Exp', activation.exponential],
  ['Expand', arithmetic.expansion],
  ['Flatten', rearrangement.reshaped],
  ['Floor', quantization.rounding],
  ['Gather', rearrangement.gathered],
  ['GatherElements', scatter.gatheredElements],
  ['GatherND', scatter.gatheredNumbered],
  ['Gelu', activation.gelu],
  ['Gemm', gemm],
  ['GlobalAveragePool', reduction.globalAveragePool],
  ['GlobalLpPool', reduction.globalLpPool],
  ['GlobalMaxPool', reduction.globalMaxPool],
  ['HardSigmoid', activation.hardSigmoid],
  ['HardSwish', activation.hardSwish],
  ['Identity', rearrangement.passedOn],
  ['InstanceNormalization', normalization.instanceNormalization],
  ['LRN', normalization.localResponseNormalization],
  ['LayerNormalization', normalization.layerNormalization],
  ['LeakyRelu', activation.leakyRelu],
  ['Log', activation.logarithm],
  ['LogSoftmax', logSoftmax],
  ['LpNormalization', normalization.lpNormalization],
  ['MatMul', matrixProduct],
  ['Max', arithmetic.extremum],
  ['MaxPool', maxPool],
  ['Mean', arithmetic.meanOfOperands],
  ['Min', arithmetic.extremum],
  ['Mish', activation.mish],
  ['Mul', arithmetic.multiplication],
  ['Neg', activation.negation],
  ['PRelu', arithmetic.slopedRelu],
  ['Pad', rearrangement.padded],
  ['Pow', arithmetic.power],
  ['QGemm', quantization.gemm],
  ['QLinearAdd', quantization.addition],
  ['QLinearConv', quantization.convolution],
  ['QLinearGlobalAveragePool', quantization.globalAveragePool],
  ['QLinearMatMul', quantization.matrixProduct],
  ['QuantizeLinear', quantization.quantize],
  ['Reciprocal', activation.reciprocal],
  ['ReduceL1', reduction.reduceL1],
  ['ReduceL2', reduction.reduceL2],
  ['ReduceLogSum', reduction.reduceLogSum],
  ['ReduceLogSumExp', reduction.reduceLogSumExp],
  ['ReduceMax', reduction.reduceExtremum],
  ['ReduceMean', reduction.reduceMean],
  ['ReduceMin', reduction.reduceExtremum],
  ['ReduceSum', reduction.reduceSum],
  ['ReduceSumSquare', reduction.reduceSumSquare],
  ['Relu', activation.relu],
  ['Reshape', rearrangement.reshaped],
  ['Resize', resize],
  ['Round', quantization.rounding],
  ['ScatterElements', scatter.scatteredElements],
  ['ScatterND', scatter.scatteredNumbered],
  ['Selu', activation.selu],
  ['Shrink', activation.shrink],
  ['Sigmoid', activation.sigmoid],
  ['Sin', activation.sine],
  ['Sinh', activation.hyperbolicSine],
  ['Slice', rearrangement.sliced],
  ['Softmax', softmax],
  ['Softplus', activation.softplus],
  ['Softsign', activation.softsign],
  ['SpaceToDepth', rearrangement.blocksBy('DepthToSpace')],
  ['Split', rearrangement.split],
  ['Sqrt', activation.squareRoot],
  ['Squeeze', rearrangement.reshaped],
  ['Sub', arithmetic.subtraction],
  ['Sum', arithmetic.addition],
  ['Tan', activation.tangent],
  ['Tanh', activation.tanh],
  ['ThresholdedRelu', activation.thresholdedRelu],
  ['Tile', rearrangement.tiled],
  ['Transpose', rearrangement.transposed],
  ['Trilu', rearrangement.triangle],
  ['Unsqueeze', rearrangement.reshaped],
  ['Where', arithmetic.choice],
]);
