import type { ObjectiveSpec } from '../../protocol/spec/objective-spec.js';
import type { Classifier, DenseClassifier } from '../classifier/classifier.js';
import { createConversion } from './conversion.js';
import { type Joining, joinRows } from './joining.js';
import { jointGradient } from './joint-gradient.js';

/** A further network of a run. */
export interface FurtherNetwork {
  readonly classifier: Classifier;
  /** Its class for each class of the first network: a permutation of them. */
  readonly classes: readonly number[];
}

/**
 * A classifier whose confidences are the least, or the mean, of what several networks give an image: the first, whose input
 * and classes it has, and those that {@link checkFurther} lets evolve with it. Each takes the image in whole levels at its
 * own scale, offset and layout. The first itself where there is no other. It has gradients, and draws dense genomes, where
 * all of them do. A row of minima adds up to less than 1.
 */
export function joint(
  first: Classifier,
  further: readonly FurtherNetwork[],
  reduce: ObjectiveSpec['reduce'],
): Classifier {
  if (further.length === 0) return first;
  const { input, classes, digest, engine, device, output, batch } = first;
  const networks = [first, ...further.map(({ classifier }) => classifier)];
  const joining: Joining = {
    reduce,
    orders: [identity(classes), ...further.map((each) => each.classes)],
  };
  const gradient = pixelGradient(networks, joining);
  const drawing = networks.map(({ openDense }) => openDense);
  const canDraw = drawing.every((open) => open !== undefined);
  const conversions = networks.map((network) => createConversion(input, network.input));
  return {
    ...{ input, classes, digest, engine, device, output, batch },
    async classify(tensor, count) {
      // All before the first answer: the drawer's memory is used again while we wait.
      const images = conversions.map((each) => each.images(tensor, count));
      const rows: Float32Array[] = [];
      for (const [i, network] of networks.entries()) {
        rows.push(await network.classify(images[i] ?? tensor, count));
      }
      return joinRows(rows, joining);
    },
    ...(gradient && { gradient }),
    ...(canDraw && {
      async openDense(shape) {
        const opened: DenseClassifier[] = [];
        for (const open of drawing) opened.push(await open(shape));
        return jointDense(opened, joining);
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

/** Undefined unless all networks have gradients. */
function pixelGradient(
  networks: readonly Classifier[],
  joining: Joining,
): Required<Classifier>['gradient'] | undefined {
  const asked = networks.flatMap(({ input, gradient }) => (gradient ? [{ input, gradient }] : []));
  const [first] = asked;
  if (first === undefined || asked.length < networks.length) return undefined;
  const all = asked.map(({ input, gradient }) => ({
    gradient,
    conversion: createConversion(first.input, input),
  }));
  return (tensor, count, classIds) => {
    const askers = all.map(({ gradient, conversion }) => {
      // Now, before the first answer, as in classify.
      const images = conversion.images(tensor, count);
      return async (theirs: readonly number[]) => {
        const found = await gradient(images, count, theirs);
        return { ...found, gradient: conversion.slopes(found.gradient, count) };
      };
    });
    return jointGradient(askers, joining, classIds);
  };
}

function jointDense(networks: readonly DenseClassifier[], joining: Joining): DenseClassifier {
  return {
    async classify(weights, count) {
      const rows: Float32Array[] = [];
      for (const network of networks) rows.push(await network.classify(weights, count));
      return joinRows(rows, joining);
    },
    gradient: (weights, count, classIds) =>
      jointGradient(
        networks.map((network) => (theirs) => network.gradient(weights, count, theirs)),
        joining,
        classIds,
      ),
    async close() {
      for (const network of networks) await network.close();
    },
  };
}

function identity(classes: number): number[] {
  return Array.from({ length: classes }, (_, classId) => classId);
}
