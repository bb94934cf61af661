import { z } from 'zod';
import type { Value } from '../builder.js';
import { asValue, imageOf } from './image.js';
import { type LayerKind, layerKind, option } from './kind.js';
import { reduced } from './reduction.js';
import { asRow, fromRow } from './row.js';
import { sweep, windowAttributes } from './windows.js';

const keepdims = z.boolean().default(false);

/** ONNX's average leaves padding out by default, as TensorFlow's does. */
export const POOLING_KINDS: Readonly<Record<string, LayerKind>> = {
  MaxPooling2D: pooling('MaxPool'),
  AveragePooling2D: pooling('AveragePool'),
  MaxPooling1D: rowPooling('MaxPool'),
  AveragePooling1D: rowPooling('AveragePool'),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool'),
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool'),
  GlobalMaxPooling1D: globalRowPooling('ReduceMax'),
  GlobalAveragePooling1D: globalRowPooling('ReduceMean'),
};

function pooling(operator: string): LayerKind {
  return layerKind(
    {
      pool_size: option.pair.default([2, 2]),
      strides: option.pair.optional(),
      padding: option.padding,
      data_format: option.dataFormat,
    },
    ({ pool_size: size, strides = size, padding, data_format: format }, { graph, input, layer }): Value => {
      const image = imageOf(graph, input, format, layer);
      const window = { size, strides, padding };
      const { pads, ...out } = sweep(window, image, layer);
      // ONNX Runtime would make one node of zeros and the pooling after them, which takes them for padding: wrong for a
      // maximum, and refused where they are wide. A sum of one tensor keeps the two apart.
      const source = image.bare === undefined ? image.name : graph.node('Sum', [image.name]);
      const name = graph.node(operator, [source], windowAttributes(window, pads));
      return asValue({ name, ...out, channels: image.channels }, format);
    },
  );
}

/** Pooling over a sequence [steps, features], which is an image of one column. */
function rowPooling(operator: string): LayerKind {
  return layerKind(
    {
      pool_size: option.single.default(2),
      strides: option.single.optional(),
      padding: option.padding,
      data_format: option.dataFormat,
    },
    ({ pool_size: size, strides: step = size, padding, data_format: format }, { graph, input, layer }) => {
      const row = asRow(graph, input, format, layer);
      const window = { size: [size, 1], strides: [step, 1], padding } as const;
      const { pads, height } = sweep(window, row, layer);
      const name = graph.node(operator, [row.name], windowAttributes(window, pads));
      return fromRow(graph, { name, height, channels: row.channels }, format);
    },
  );
}

function globalPooling(operator: string): LayerKind {
  return layerKind(
    { data_format: option.dataFormat, keepdims },
    ({ data_format: format, keepdims: kept }, { graph, input, layer }) => {
      const { name, channels } = imageOf(graph, input, format, layer);
      const pooled = graph.node(operator, [name]);
      if (kept) return asValue({ name: pooled, height: 1, width: 1, channels }, format);
      return { name: graph.node('Flatten', [pooled]), shape: [channels] };
    },
  );
}

function globalRowPooling(operator: string): LayerKind {
  return layerKind(
    { data_format: option.dataFormat, keepdims },
    ({ data_format: format, keepdims: kept }, { graph, input, layer }) => {
      const { channels } = asRow(graph, input, format, layer);
      const axis = format === 'channels_last' ? 1 : 2;
      const name = reduced(graph, operator, input.name, [axis], kept);
      const kepts = format === 'channels_last' ? [1, channels] : [channels, 1];
      return { name, shape: kept ? kepts : [channels] };
    },
  );
}
