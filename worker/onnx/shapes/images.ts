import { counted, frontAxis } from './list.js';
import { ofFirst, type ShapeRule } from './shape-rule.js';
import { transposedWindowOf, windowOf } from './window.js';

/** Shapes of what convolutions and pools give: [N, channels, …spatial]. */

export function convolutionOf(weights: number): ShapeRule {
  return ofFirst(({ shape: [images = 1, , ...size] }, call) => {
    const kernel = call.input(weights)?.shape;
    if (kernel === undefined) return [];
    return [{ shape: [images, kernel[0] ?? 1, ...windowOf(call.attributes, kernel.slice(2), size).steps] }];
  });
}

export const transposedConvolution: ShapeRule = ofFirst(({ shape: [images = 1, , ...size] }, call) => {
  const kernel = call.input(1)?.shape;
  if (kernel === undefined) return [];
  const channels = (kernel[1] ?? 1) * call.attributes.number('group', 1);
  return [{ shape: [images, channels, ...transposedWindowOf(call.attributes, kernel.slice(2), size).size] }];
});

export const pool: ShapeRule = ofFirst(({ shape: [images = 1, channels = 1, ...size] }, call) => {
  const kernel = call.attributes.numbers('kernel_shape') ?? [];
  const shape = [images, channels, ...windowOf(call.attributes, kernel, size).steps];
  return Array.from({ length: call.outputs }, () => ({ shape }));
});

export const globalPool: ShapeRule = ofFirst(({ shape: [images = 1, channels = 1, ...size] }) => [
  { shape: [images, channels, ...size.map(() => 1)] },
]);

export const depthToSpace: ShapeRule = ofFirst(({ shape: [n = 1, c = 1, h = 1, w = 1] }, { attributes }) => {
  const block = attributes.number('blocksize', 1);
  return [{ shape: [n, c / (block * block), h * block, w * block] }];
});

export const spaceToDepth: ShapeRule = ofFirst(({ shape: [n = 1, c = 1, h = 1, w = 1] }, { attributes }) => {
  const block = attributes.number('blocksize', 1);
  return [{ shape: [n, c * block * block, h / block, w / block] }];
});

/** Resize: by scales or to sizes, of all axes or of those that it names. */
export const resize: ShapeRule = ofFirst(({ shape }, call) => {
  const named = call.attributes.numbers('axes') ?? counted(shape.length);
  const axes = named.map((axis) => frontAxis(axis, shape.length));
  const [scales, sizes] = [call.input(2)?.reals, call.input(3)?.integers];
  if (call.attributes.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch') return [];
  const resized = (list: readonly number[], size: (axis: number, i: number) => number) =>
    list.length === axes.length
      ? [
          {
            shape: shape.map((length, axis) =>
              axes.includes(axis) ? size(length, axes.indexOf(axis)) : length,
            ),
          },
        ]
      : [];
  if (sizes?.length) return resized(sizes, (length, i) => sizes[i] ?? length);
  // In single precision, as ONNX Runtime multiplies: 6 times ⅚ is 5 there.
  const scaled = (length: number, i: number) =>
    Math.floor(Math.fround(length * Math.fround(scales?.[i] ?? 1)));
  return scales?.length ? resized(scales, scaled) : [];
});
