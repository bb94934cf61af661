import type { GraphInput } from './input.js';
import type { GraphNode, Ref } from './nodes.js';
import { isConstant, type Value } from './values.js';

/** Operators that change no pixel's brightness. */
const MOVES = new Set([
  'Cast',
  'CheckNumerics',
  'ConcatV2',
  'ExpandDims',
  'GatherV2',
  'Identity',
  'MirrorPad',
  'Pad',
  'PadV2',
  'Reshape',
  'ResizeBilinear',
  'ResizeNearestNeighbor',
  'ReverseV2',
  'Slice',
  'Split',
  'Squeeze',
  'StopGradient',
  'StridedSlice',
  'Transpose',
  'Unpack',
]);

/** Operators that take nothing of an image but its shape. */
const MEASURES = new Set(['Rank', 'Shape', 'ShapeN', 'Size']);

/** No network divides pixels of 0 … 1 by this much, and none takes bytes and divides them by less. */
const LEAST_DIVISOR = 40;

/**
 * Whether a network takes bytes, 0 … 255: its input is of integers, or the first operator that changes its pixels divides them
 * by 40 and more (a standard deviation of bytes is 50 to 80, their middle 127.5, their range 255), or takes off a mean that is
 * above 1, which no pixel of 0 … 1 has.
 */
export function takesBytes(
  input: GraphInput,
  nodes: readonly GraphNode[],
  tensorOf: (ref: Ref) => Value | undefined,
): boolean {
  if (input.type === 'int') return true;
  const moved = new Set([input.name]);
  const changes: GraphNode[] = [];
  for (const node of nodes) {
    if (!node.inputs.some((each) => moved.has(each.node))) continue;
    if (MOVES.has(node.op)) moved.add(node.name);
    else if (!MEASURES.has(node.op)) changes.push(node);
  }
  return changes.length > 0 && changes.every((node) => changesBytes(node, moved, tensorOf));
}

function changesBytes(
  node: GraphNode,
  moved: ReadonlySet<string>,
  tensorOf: (ref: Ref) => Value | undefined,
): boolean {
  const largest = (index: number) => {
    const ref = node.inputs[index];
    const value = ref && tensorOf(ref);
    if (!isConstant(value)) return undefined;
    return Array.from(value.values).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  };
  const other = moved.has(node.inputs[0]?.node ?? '') ? 1 : 0;
  const size = largest(other);
  switch (node.op) {
    case 'Mul':
      return size !== undefined && size > 0 && size <= 1 / LEAST_DIVISOR;
    case 'RealDiv':
    case 'Div':
      return other === 1 && size !== undefined && size >= LEAST_DIVISOR;
    case 'Sub':
    case 'Add':
    case 'AddV2':
    case 'BiasAdd':
      return size !== undefined && size > 1;
    case 'FusedBatchNorm':
    case 'FusedBatchNormV2':
    case 'FusedBatchNormV3':
      // A normalisation that stands first has learnt the mean of its pixels.
      return (largest(3) ?? 0) > 1;
    default:
      return false;
  }
}
