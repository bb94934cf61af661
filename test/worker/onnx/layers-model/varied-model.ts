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

/** A functional model of most kinds of layers, with another model within it. */
export function varied(): LayersModel {
  const on = (layer: Applied, ...xs: SymbolicTensor[]) => layer.apply(xs) as SymbolicTensor;
  const image = input({ shape: [12, 10, 3] });
  let x = on(L.rescaling({ scale: 1 / 255 }), image);
  x = on(L.zeroPadding2d({ padding: 1 }), x);
  x = on(L.conv2d({ filters: 4, kernelSize: 3, strides: 2, activation: 'relu' }), x);
  const inner = sequential({
    layers: [
      L.separableConv2d({ inputShape: [6, 5, 4], filters: 4, kernelSize: 2, padding: 'same' }),
      L.batchNormalization(),
    ],
  });
  x = on(L.add(), x, on(inner, x));
  x = on(L.prelu({ sharedAxes: [1, 2] }), x);
  x = on(L.maxPooling2d({ poolSize: 2 }), x);
  x = on(L.upSampling2d({ size: [2, 2] }), x);
  x = on(L.conv2dTranspose({ filters: 3, kernelSize: 2 }), x);
  x = on(L.layerNormalization(), x);
  x = on(L.concatenate(), x, x);
  x = on(L.cropping2D({ cropping: 1 }), x);
  x = on(L.permute({ dims: [2, 1, 3] }), x);
  const [, h = 1, w = 1, c = 1] = x.shape.map((size) => size ?? 1);
  x = on(L.reshape({ targetShape: [h * w, c] }), x);
  x = on(L.conv1d({ filters: 3, kernelSize: 2 }), x);
  x = on(L.globalAveragePooling1d(), x);
  return functional({ inputs: image, outputs: on(L.dense({ units: 3, activation: 'softmax' }), x) });
}
