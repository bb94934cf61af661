import {
  model as functional,
  input,
  layers as L,
  type LayersModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';

interface Applied {
  apply(x: SymbolicTensor | SymbolicTensor[]): unknown;
}

/**
 * A network of the form that Teachable Machine exports: a Sequential of two, of which the first holds a MobileNet V2
 * (alpha 0.35, its 17 blocks) and a pooling layer, and the second the head that was trained. On images of 32×32.
 */
export function teachableMachine(classes = 3): LayersModel {
  const features = sequential({ name: 'sequential_1' });
  features.add(mobileNet());
  features.add(L.globalAveragePooling2d({ name: 'global_average_pooling2d_GlobalAveragePooling2D1' }));
  const head = sequential({
    name: 'sequential_3',
    layers: [
      L.dense({ inputShape: [48], units: 10, activation: 'relu', name: 'dense_Dense1' }),
      L.dense({ units: classes, activation: 'softmax', useBias: false, name: 'dense_Dense2' }),
    ],
  });
  const model = sequential({ name: 'sequential_4' });
  model.add(features);
  model.add(head);
  return model;
}

/** Channels, number of blocks, and stride of the first, for alpha 0.35. */
const STAGES: readonly (readonly [number, number, number])[] = [
  [8, 1, 1],
  [8, 2, 2],
  [16, 3, 2],
  [24, 4, 2],
  [32, 3, 1],
  [56, 3, 2],
  [112, 1, 1],
];

function mobileNet(): LayersModel {
  const image = input({ shape: [32, 32, 3], name: 'input_1' });
  const on = (layer: Applied, ...xs: SymbolicTensor[]) => layer.apply(xs) as SymbolicTensor;
  let x = on(
    L.zeroPadding2d({
      padding: [
        [0, 1],
        [0, 1],
      ],
      name: 'Conv1_pad',
    }),
    image,
  );
  x = on(L.conv2d({ filters: 16, kernelSize: 3, strides: 2, useBias: false, name: 'Conv1' }), x);
  x = on(L.batchNormalization({ name: 'bn_Conv1' }), x);
  x = on(L.reLU({ maxValue: 6, name: 'Conv1_relu' }), x);
  let index = 0;
  for (const [filters, blocks, first] of STAGES) {
    for (let i = 0; i < blocks; i++) {
      const name = (part: string) => `block_${index}_${part}`;
      const start = x;
      const channels = x.shape[3] ?? 0;
      const stride = i === 0 ? first : 1;
      x = on(L.conv2d({ filters: channels * 6, kernelSize: 1, useBias: false, name: name('expand') }), x);
      x = on(L.batchNormalization({ name: name('expand_BN') }), x);
      x = on(L.reLU({ maxValue: 6, name: name('expand_relu') }), x);
      if (stride === 2)
        x = on(
          L.zeroPadding2d({
            padding: [
              [0, 1],
              [0, 1],
            ],
            name: name('pad'),
          }),
          x,
        );
      const padding = stride === 2 ? 'valid' : 'same';
      x = on(
        L.depthwiseConv2d({
          kernelSize: 3,
          strides: stride,
          padding,
          useBias: false,
          name: name('depthwise'),
        }),
        x,
      );
      x = on(L.batchNormalization({ name: name('depthwise_BN') }), x);
      x = on(L.reLU({ maxValue: 6, name: name('depthwise_relu') }), x);
      x = on(L.conv2d({ filters, kernelSize: 1, useBias: false, name: name('project') }), x);
      x = on(L.batchNormalization({ name: name('project_BN') }), x);
      if (stride === 1 && channels === filters) x = on(L.add({ name: name('add') }), start, x);
      index++;
    }
  }
  x = on(L.conv2d({ filters: 48, kernelSize: 1, useBias: false, name: 'Conv_1' }), x);
  x = on(L.batchNormalization({ name: 'Conv_1_bn' }), x);
  x = on(L.reLU({ maxValue: 6, name: 'out_relu' }), x);
  return functional({ inputs: image, outputs: x, name: 'model1' });
}
