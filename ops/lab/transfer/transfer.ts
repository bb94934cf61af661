import { z } from 'zod';
import { mean, median } from '../statistics/quantile.js';

const scoreSchema = z.number().min(0).max(1);

export const transferSchema = z.strictObject({
  networks: z.array(
    z.strictObject({
      name: z.string(),
      digest: z.string(),
      classes: z.int().min(1),
      labels: z.array(z.string()),
    }),
  ),
  runs: z.array(
    z.strictObject({
      name: z.string(),
      encoding: z.string(),
      /** Which of the networks it was evolved for. */
      network: z.int().min(0),
      /** Further ones that it was evolved for at once. */
      further: z.array(z.int().min(0)).default([]),
      labels: z.array(z.string()),
      /** The class of each elite, and the confidence that is stored of it. */
      classIds: z.array(z.int().min(0)),
      stored: z.array(scoreSchema),
      /** What each network says of them, in the order of the networks. */
      verdicts: z.array(
        z.strictObject({
          /** How classes were matched. */
          by: z.enum(['name', 'index', 'itself']),
          /** The same class of that network; null: it has none. */
          same: z.array(z.int().min(0).nullable()),
          /** The class that it names, and its confidence in it. */
          named: z.array(z.int().min(0)),
          inNamed: z.array(scoreSchema),
          /** Its confidence in the same class; null: it has none. */
          inSame: z.array(scoreSchema.nullable()),
        }),
      ),
    }),
  ),
});

export type Transfer = z.infer<typeof transferSchema>;
export type TransferRun = Transfer['runs'][number];
export type Verdicts = TransferRun['verdicts'][number];

/** How the images of one run do on one network. */
export interface TransferFigures {
  readonly run: string;
  readonly network: string;
  /** Whether they were evolved for it. */
  readonly own: boolean;
  /** Elites whose class the network has. */
  readonly elites: number;
  /** Share of them of which it names the same class first. */
  readonly top1: number;
  /** What guessing would have: one by the number of classes. */
  readonly chance: number;
  /** Of its confidence in the same class. */
  readonly median: number;
  readonly mean: number;
  readonly atLeast99: number;
  /** Median confidence in whatever it names: it may be certain of another class. */
  readonly medianInNamed: number;
}

/** Whether the images of a run were evolved for a network. */
export function isOwn({ network, further }: TransferRun, i: number): boolean {
  return network === i || further.includes(i);
}

export function transferFigures({ runs, networks }: Transfer): TransferFigures[] {
  return runs.flatMap((run) =>
    run.verdicts.map((verdicts, i) => {
      const scores = verdicts.inSame.filter((score) => score !== null);
      const named = verdicts.named.filter((_, e) => verdicts.same[e] !== null);
      const hits = verdicts.named.filter((classId, e) => classId === verdicts.same[e]).length;
      return {
        run: run.name,
        network: networks[i]?.name ?? '',
        own: isOwn(run, i),
        elites: named.length,
        top1: hits / named.length,
        chance: 1 / (networks[i]?.classes ?? 1),
        median: median(scores),
        mean: mean(scores),
        atLeast99: scores.filter((score) => score >= 0.99).length / scores.length,
        medianInNamed: median(verdicts.inNamed),
      };
    }),
  );
}
