import { z } from 'zod';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment, type ResultPicture } from '../results/experiment.js';
import { confidence, short, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { perturbationFigure } from './figure.js';
import { NORMS } from './search.js';
import { sentenceOf, wayOf } from './sentence.js';

const classSchema = z.strictObject({ classId: z.int().min(0), label: z.string() });
const png = z.string().startsWith('data:image/png;base64,');

const opinionSchema = z.strictObject({
  /** The classes of greatest confidence, greatest first. */
  guesses: z.array(classSchema.extend({ confidence: z.number() })).min(1),
  /** Its confidence in the class wanted; null: the network has no such class. */
  inTarget: z.number().nullable(),
});
export type Opinion = z.infer<typeof opinionSchema>;

/** A PNG, and what each network says of its bytes. */
const pictureSchema = z.strictObject({
  /** Exactly the pixels that the first network is shown. */
  png,
  /** The same with larger pixels, where it is small. */
  shown: png.optional(),
  /** One a network. */
  opinions: z.array(opinionSchema).min(1),
});
export type Shown = z.infer<typeof pictureSchema>;

const looks = z.int().min(1);
/** What was looked for. */
const wantedSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('gradient'), norm: z.enum(NORMS), steps: z.int().min(1) }),
  z.strictObject({ method: z.literal('square'), bound: z.int().min(1), looks }),
  z.strictObject({ method: z.literal('pixels'), count: z.int().min(1), looks }),
]);

const changeSchema = z.strictObject({
  wanted: wantedSchema,
  /** Whether the first network puts the class at the top; else this is the most confident picture. */
  reached: z.boolean(),
  /** Pictures that the network was shown. */
  looks: z.int().min(0),
  /** In levels of 0 … 255. */
  linf: z.number().min(0),
  l2: z.number().min(0),
  pixels: z.int().min(0),
  result: pictureSchema,
  /** Times {@link Perturbation.factor}, about mid-grey. */
  difference: pictureSchema,
});
export type Change = z.infer<typeof changeSchema>;

export const perturbationSchema = z.strictObject({
  /** What the picture is called. */
  picture: z.string(),
  /** The one that is to be turned, and whom else was asked. */
  networks: z.array(z.strictObject({ name: z.string(), digest: z.string() })).min(1),
  target: classSchema,
  seed: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
  original: pictureSchema,
  /** By how much differences are enlarged. */
  factor: z.number(),
  changes: z.array(changeSchema).min(1),
});
export type Perturbation = z.infer<typeof perturbationSchema>;

/** `atoll perturb`: the smallest change that turns a picture into another class. */
export const PERTURBATION = defineExperiment<Perturbation>({
  name: 'perturb',
  schema: perturbationSchema,
  show(perturbation) {
    const { picture, target, original, changes, networks } = perturbation;
    const [own] = original.opinions;
    const top = own?.guesses[0];
    return {
      title: `The smallest change that turns ${picture} into ${target.label}`,
      lede: sentenceOf(perturbation),
      figure: perturbationFigure(perturbation),
      table: changeTable(perturbation),
      pictures: picturesOf(perturbation),
      notes: markup`${facts([
        ['Taken for', `${top?.label ?? ''} (${confidence(top?.confidence ?? Number.NaN)})`],
        ['Confidence in the class wanted', confidence(own?.inTarget ?? Number.NaN)],
        ['Looks', whole(changes.reduce((sum, change) => sum + change.looks, 0))],
      ])}<p>That so small a change is enough was found by Szegedy et al. (ICLR 2014). By gradient: projected gradient descent with a
target (Madry et al., ICLR 2018), within a bound that is bisected. Squares: the Square Attack (Andriushchenko et al., ECCV
2020). Pixels: differential evolution (Su, Vargas and Sakurai, 2019). The last two need no gradient. A look is one picture
that ${networks[0]?.name ?? ''} is shown. All pictures have whole levels, and all confidences are those of the PNG files. Below each picture stand
the three classes of greatest confidence. L-infinity is the greatest
change of a level, of 255; L2 the root of the sum of squares over all levels, of 0 to 1.</p>`,
    };
  },
});

function picturesOf({ original, changes }: Perturbation): ResultPicture[] {
  return [
    { name: 'original.png', data: original.png },
    ...changes.map(({ wanted, result }) => ({ name: fileOf(wanted), data: result.png })),
  ];
}

/** The name of a change's PNG. */
export function fileOf(wanted: Change['wanted']): string {
  return wanted.method === 'gradient' ? `gradient-${wanted.norm}.png` : `${wanted.method}.png`;
}

function changeTable({ changes, networks, target }: Perturbation): Table {
  const plain = (value: number) => confidence(value);
  return {
    columns: [
      { name: 'way', title: 'way' },
      { name: 'reached', title: `taken for ${target.label}` },
      { name: 'linf_levels', title: 'L-infinity, of 255', format: short },
      { name: 'l2', title: 'L2', format: short },
      { name: 'pixels', title: 'pixels changed', format: whole },
      { name: 'looks', title: 'looks', format: whole },
      ...networks.flatMap(({ name }, i) => [
        { name: `network_${i + 1}`, title: `${name} names` },
        { name: `confidence_${i + 1}`, title: 'confidence', format: plain },
        { name: `in_target_${i + 1}`, title: `in ${target.label}`, format: plain },
      ]),
    ],
    rows: changes.map(({ wanted, reached, linf, l2, pixels, looks: taken, result }) => [
      ...[wayOf(wanted), reached ? 'yes' : 'no', linf, l2 / 255, pixels, taken],
      ...networks.flatMap((_, i) => {
        const opinion = result.opinions[i];
        const top = opinion?.guesses[0];
        return [top?.label ?? null, top?.confidence ?? null, opinion?.inTarget ?? null];
      }),
    ]),
  };
}
