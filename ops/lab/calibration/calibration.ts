import { z } from 'zod';
import { confidence, percent } from '../results/format.js';
import { histogram, type Verdict } from '../statistics/calibration.js';
import { median } from '../statistics/quantile.js';

/** What a network said of natural images, one row an image; shape of the kept data. */
export const calibrationSchema = z.strictObject({
  model: z.string(),
  modelDigest: z.string(),
  engine: z.string(),
  views: z.string(),
  /** What the images are called. */
  images: z.string(),
  labels: z.array(z.string()),
  names: z.array(z.string()),
  classIds: z.array(z.int().min(0)),
  /** The class that the network names, and its confidence in it. */
  named: z.array(z.int().min(0)),
  confidences: z.array(z.number().min(0).max(1)),
  /** Its confidence in the class that is right. */
  inRight: z.array(z.number().min(0).max(1)),
  /** The run whose elites are shown beside, with their confidences. */
  evolved: z.strictObject({ run: z.string(), confidences: z.array(z.number().min(0).max(1)) }).optional(),
});

export type Calibration = z.infer<typeof calibrationSchema>;

/** The figures that a network's confidence is measured by. Accuracy is a share of images; all else is confidence. */
export interface CalibrationFigures {
  readonly images: number;
  /** Share of the images that are named rightly. */
  readonly accuracy: number;
  /** Median over all images of the confidence in the class that the network names. */
  readonly medianConfidence: number;
  /** The same over those that are named rightly; NaN of none. */
  readonly medianConfidenceWhenRight: number;
  /** Median over all images of the confidence in the right class. */
  readonly medianConfidenceInRight: number;
  /** Share of the images with a confidence of at least .99. */
  readonly atLeast99: number;
}

export function calibrationFigures(calibration: Calibration): CalibrationFigures {
  const { confidences, inRight } = calibration;
  const verdicts = verdictsOf(calibration);
  const right = verdicts.filter((each) => each.right);
  const count = verdicts.length;
  return {
    images: count,
    accuracy: right.length / count,
    medianConfidence: median(confidences),
    medianConfidenceWhenRight: median(right.map(({ confidence }) => confidence)),
    medianConfidenceInRight: median(inRight),
    atLeast99: confidences.filter((each) => each >= 0.99).length / count,
  };
}

export function verdictsOf({ classIds, named, confidences }: Calibration): Verdict[] {
  return confidences.map((confidence, i) => ({ confidence, right: named[i] === classIds[i] }));
}

/** The line that makes a confidence of 99 % mean something. */
export function calibrationLine(calibration: Calibration): string {
  const { images, accuracy, medianConfidence } = calibrationFigures(calibration);
  return `Natural images (${calibration.images}, ${images.toLocaleString('en-US')}): median confidence ${confidence(medianConfidence)}; ${percent(accuracy)} are named rightly.`;
}

export interface ClassCalibration {
  readonly classId: number;
  readonly label: string;
  readonly images: number;
  readonly accuracy: number;
  readonly medianConfidence: number;
  readonly medianConfidenceInRight: number;
}

/** The same for each class of which there is an image. */
export function byClass({ labels, classIds, named, confidences, inRight }: Calibration): ClassCalibration[] {
  const members = new Map<number, number[]>();
  classIds.forEach((classId, i) => {
    const own = members.get(classId);
    if (own) own.push(i);
    else members.set(classId, [i]);
  });
  const pick = (from: readonly number[], which: readonly number[]) => which.map((i) => from[i] ?? 0);
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([classId, which]) => ({
      classId,
      label: labels[classId] ?? '',
      images: which.length,
      accuracy: which.filter((i) => named[i] === classId).length / which.length,
      medianConfidence: median(pick(confidences, which)),
      medianConfidenceInRight: median(pick(inRight, which)),
    }));
}

/** Share of values in each of so many equal parts of 0 … 1. */
export function shares(values: readonly number[], bins: number): number[] {
  return histogram(values, bins).map((count) => count / Math.max(1, values.length));
}
