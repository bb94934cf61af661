import { z } from 'zod';
import { median } from '../statistics/quantile.js';

/** What was found when images were evolved against a network and against a generative classifier. */

const share = z.number().min(0).max(1);
const picture = z.string().startsWith('data:image/png;base64,');

const imageSchema = z.strictObject({
  classId: z.int().min(0),
  picture,
  /** What the network gives the class that the image was evolved for. */
  network: share,
  /** What Bayes' rule gives it, without and with "none of these". */
  bayes: share,
  withThreshold: share,
  /** Whether the generative classifier, without a threshold, names that class first. */
  named: z.boolean(),
  /** Log density above the threshold, in nats. */
  margin: z.number(),
});
export type JudgedImage = z.infer<typeof imageSchema>;

/** What images were evolved against; `densest` are not evolved: the centres that the generative model finds likeliest. */
export const GROUPS = ['network', 'bayes', 'threshold', 'densest'] as const;
export type GroupName = (typeof GROUPS)[number];

const groupSchema = z.strictObject({ name: z.enum(GROUPS), images: z.array(imageSchema).min(1) });
export type Group = z.infer<typeof groupSchema>;

export const foolingSchema = z.strictObject({
  data: z.string(),
  labels: z.array(z.string()).min(2),
  network: z.string(),
  /** The run that the network's images are from; absent: they were evolved for this. */
  run: z.string().optional(),
  seed: z.int().min(0),
  encoding: z.string(),
  evaluations: z.int().min(1),
  /** Images that the model was fitted to, that its size and threshold were chosen by, and that it was tested on. */
  trainedOn: z.int().min(1),
  heldOut: z.int().min(1),
  tested: z.int().min(1),
  trials: z.array(z.strictObject({ dimensions: z.int(), components: z.int(), heldOut: z.number() })).min(1),
  threshold: z.number(),
  /** Of the test images: share that each names rightly, and share that the threshold rejects. */
  accuracy: z.strictObject({ network: share, bayes: share }),
  rejected: share,
  /** Log densities of some of them above the threshold, in nats. */
  margins: z.array(z.number()).min(1),
  groups: z.array(groupSchema).min(1),
});
export type Fooling = z.infer<typeof foolingSchema>;

export interface GroupFigures {
  readonly name: GroupName;
  readonly images: number;
  /** Medians of the confidences in the class that an image was evolved for. */
  readonly network: number;
  readonly bayes: number;
  readonly withThreshold: number;
  /** Share that the generative classifier names as that class. */
  readonly named: number;
  /** Share that the threshold rejects. */
  readonly rejected: number;
  /** Median log density above the threshold, in nats. */
  readonly margin: number;
}

export function groupFigures({ name, images }: Group): GroupFigures {
  const shareOf = (is: (image: JudgedImage) => boolean) => images.filter(is).length / images.length;
  return {
    name,
    images: images.length,
    network: median(images.map(({ network }) => network)),
    bayes: median(images.map(({ bayes }) => bayes)),
    withThreshold: median(images.map(({ withThreshold }) => withThreshold)),
    named: shareOf(({ named }) => named),
    rejected: shareOf(({ margin }) => margin < 0),
    margin: median(images.map(({ margin }) => margin)),
  };
}

/** The size that was chosen: the one under which the held-out images are likeliest. */
export function chosenTrial({ trials }: Pick<Fooling, 'trials'>) {
  return trials.reduce((best, trial) => (trial.heldOut > best.heldOut ? trial : best));
}
