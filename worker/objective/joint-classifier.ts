import { type TensorSpec, tensorLength } from '../../protocol/drawing/tensor-spec.js';
import type { ObjectiveSpec } from '../../protocol/spec/objective-spec.js';
import type { ClassGradient, Classifier, DenseClassifier } from '../classifier/classifier.js';
import { clampLevel, inputMap, levelsOfTensor, tensorOfLevels } from '../pixels/planes.js';

/** A further network of a run. */
export interface FurtherNetwork {
  readonly classifier: Classifier;
  /** Its class for each class of the first network: a permutation of them. */
  readonly classes: readonly number[];
}

type Reduce = ObjectiveSpec['reduce'];

/**
 * A classifier whose confidences are the least, or the mean, of what several networks give an image: the first, whose input
 * and classes it has, and those that {@link checkFurther} lets evolve with it. Each takes the image in whole levels at its own scale, offset and
 * layout. The first itself where there is no other. It has no gradient by pixels; it draws dense genomes where all of them do. A row of minima adds up to less than 1.
 */
export function joint(first: Classifier, further: readonly FurtherNetwork[], reduce: Reduce): Classifier {
  if (further.length === 0) return first;
  const { input, classes, digest, engine, device, output, batch } = first;
  const networks = [first, ...further.map(({ classifier }) => classifier)];
  const orders = [identity(classes), ...further.map((each) => each.classes)];
  const converters = networks.map((network) => converter(input, network.input));
  const together = (rows: readonly Float32Array[]) =>
    reduced(
      rows.map((row, i) => inOrder(row, orders[i] ?? [])),
      reduce,
    );
  const drawing = networks.map(({ openDense }) => openDense);
  const canDraw = drawing.every((open) => open !== undefined);
  return {
    ...{ input, classes, digest, engine, device, output, batch },
    async classify(tensor, count) {
      // All before the first answer: the drawer's memory is used again while we wait.
      const images = converters.map((convert) => convert(tensor, count));
      const rows: Float32Array[] = [];
      for (const [i, network] of networks.entries()) {
        rows.push(await network.classify(images[i] ?? tensor, count));
      }
      return together(rows);
    },
    ...(canDraw && {
      async openDense(shape) {
        const opened: DenseClassifier[] = [];
        for (const open of drawing) opened.push(await open(shape));
        return jointDense(opened, orders, together, reduce);
      },
    }),
    async warmup() {
      for (const network of networks) await network.warmup();
    },
    async close() {
      for (const network of networks) await network.close();
    },
  };
}

function jointDense(
  networks: readonly DenseClassifier[],
  orders: readonly (readonly number[])[],
  together: (rows: readonly Float32Array[]) => Float32Array,
  reduce: Reduce,
): DenseClassifier {
  return {
    async classify(weights, count) {
      const rows: Float32Array[] = [];
      for (const network of networks) rows.push(await network.classify(weights, count));
      return together(rows);
    },
    async gradient(weights, count, classIds) {
      const answers: ClassGradient[] = [];
      for (const [i, network] of networks.entries()) {
        const theirs = classIds.map((classId) => orders[i]?.[classId] ?? classId);
        answers.push(await network.gradient(weights, count, theirs));
      }
      const found = answers.map(({ confidences, gradient }, i) => ({
        confidences: inOrder(confidences, orders[i] ?? []),
        gradient,
      }));
      return {
        confidences: together(answers.map(({ confidences }) => confidences)),
        gradient: jointGradient(found, classIds, reduce),
      };
    },
    async close() {
      for (const network of networks) await network.close();
    },
  };
}

/**
 * The gradient of −log p, where p is the least or the mean of the networks' confidences in an image's class, from the
 * gradients gᵢ of −log pᵢ: that of the least certain network, or Σ pᵢgᵢ / Σ pᵢ (the chain rule). Shape [images, n].
 */
function jointGradient(
  found: readonly ClassGradient[],
  classIds: readonly number[],
  reduce: Reduce,
): Float32Array {
  const count = classIds.length;
  const gradient = new Float32Array(found[0]?.gradient.length ?? 0);
  const length = gradient.length / count;
  for (const [image, classId] of classIds.entries()) {
    const confidences = found.map(
      (each) => each.confidences[(image * each.confidences.length) / count + classId] ?? 0,
    );
    const weights = reduce === 'mean' ? shares(confidences) : theLeast(confidences);
    for (const [i, each] of found.entries()) {
      const weight = weights[i] ?? 0;
      for (let at = image * length; at < (image + 1) * length; at++) {
        gradient[at] = (gradient[at] ?? 0) + weight * (each.gradient[at] ?? 0);
      }
    }
  }
  return gradient;
}

/** Shares of a sum; equal ones where it is 0. */
function shares(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length));
}

function theLeast(values: readonly number[]): number[] {
  const at = values.indexOf(Math.min(...values));
  return values.map((_, i) => (i === at ? 1 : 0));
}

/** Images of one network as another takes them: a copy where both take them alike. Both have equally many pixels. */
function converter(from: TensorSpec, to: TensorSpec): (tensor: Float32Array, count: number) => Float32Array {
  const length = tensorLength(from);
  if (isSame(from, to)) return (tensor, count) => tensor.slice(0, count * length);
  const [read, write] = [inputMap(from), inputMap(to)];
  return (tensor, count) => {
    const images = new Float32Array(count * length);
    for (let i = 0; i < count; i++) {
      const levels = levelsOfTensor(tensor.subarray(i * length, (i + 1) * length), read);
      // What was drawn are bytes; the way there and back leaves them a little off.
      const whole = levels.map((level) => clampLevel(Math.round(level)));
      images.set(tensorOfLevels(whole, write), i * length);
    }
    return images;
  };
}

function isSame(a: TensorSpec, b: TensorSpec): boolean {
  const numbers = ({ scale, offset }: TensorSpec) => [...scale, ...offset].join();
  return a.layout === b.layout && a.channels === b.channels && numbers(a) === numbers(b);
}

function identity(classes: number): number[] {
  return Array.from({ length: classes }, (_, classId) => classId);
}

/** Rows of a network, shape [images, classes], in the first network's order of the classes. */
function inOrder(rows: Float32Array, order: readonly number[]): Float32Array {
  const classes = order.length;
  return rows.map((_, at) => rows[at - (at % classes) + (order[at % classes] ?? 0)] ?? Number.NaN);
}

function reduced(rows: readonly Float32Array[], reduce: Reduce): Float32Array {
  const [first = new Float32Array()] = rows;
  return first.map((_, at) => {
    const seen = rows.map((row) => row[at] ?? Number.NaN);
    return reduce === 'minimum' ? Math.min(...seen) : seen.reduce((sum, each) => sum + each, 0) / seen.length;
  });
}
