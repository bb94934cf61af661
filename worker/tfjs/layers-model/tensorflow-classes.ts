import type { Layer, Topology } from './topology.js';

/** Classes of layers that TensorFlow.js 4.22 loads, beside those that are converted: a test holds the list to it. */
export const TENSORFLOW_CLASSES: ReadonlySet<string> = new Set([
  'Activation',
  'Add',
  'AlphaDropout',
  'Average',
  'AveragePooling1D',
  'AveragePooling2D',
  'AveragePooling3D',
  'BatchNormalization',
  'Bidirectional',
  'CategoryEncoding',
  'CenterCrop',
  'Concatenate',
  'Conv1D',
  'Conv2D',
  'Conv2DTranspose',
  'Conv3D',
  'Conv3DTranspose',
  'ConvLSTM2D',
  'Cropping2D',
  'Dense',
  'DepthwiseConv2D',
  'Dot',
  'Dropout',
  'ELU',
  'Embedding',
  'Flatten',
  'Functional',
  'GRU',
  'GaussianDropout',
  'GaussianNoise',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'InputLayer',
  'LSTM',
  'LayerNormalization',
  'LeakyReLU',
  'Masking',
  'MaxPooling1D',
  'MaxPooling2D',
  'MaxPooling3D',
  'Maximum',
  'Minimum',
  'Model',
  'Multiply',
  'PReLU',
  'Permute',
  'RNN',
  'RandomWidth',
  'ReLU',
  'RepeatVector',
  'Rescaling',
  'Reshape',
  'Resizing',
  'SeparableConv2D',
  'Sequential',
  'SimpleRNN',
  'Softmax',
  'SpatialDropout1D',
  'StackedRNNCells',
  'ThresholdedReLU',
  'TimeDistributed',
  'UpSampling2D',
  'ZeroPadding2D',
]);

/** Whether TensorFlow.js can be expected to load a model: it knows the classes of all its layers, and Keras 2's way to write them. */
export function tensorflowLoads({ network, keras }: Topology): boolean {
  return keras < 3 && strangersIn([...network.layers.values()]).length === 0;
}

function strangersIn(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => {
    if (layer.network !== undefined) return strangersIn([...layer.network.layers.values()]);
    const known = TENSORFLOW_CLASSES.has(layer.className) && layer.config.batch_shape === undefined;
    return known ? [] : [layer];
  });
}
