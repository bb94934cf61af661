import { z } from 'zod';
import { fitText } from '../../../coordinator/export/lettering.js';
import { ENCODING_NAMES } from '../../../protocol/encodings/names.js';
import { MILESTONES } from '../../../worker/ascent/settings.js';
import type { Figure, Shape } from '../figures/shape.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { median } from '../statistics/quantile.js';

const ascentsSchema = z.strictObject({
  model: z.string(),
  encoding: z.enum(ENCODING_NAMES),
  seed: z.int().min(0),
  /** Every preset was used in turn, for one class. */
  compared: z.boolean(),
  ascents: z
    .array(
      z.strictObject({
        classId: z.int().min(0),
        label: z.string(),
        preset: z.string(),
        steps: z.int().min(1),
        /** The greatest confidence on the way. */
        best: z.number().min(0).max(1),
        /** The first step whose confidence was at least so much; of milestones that were reached. */
        milestones: z.record(z.string(), z.int().min(1)),
        /** The best picture on the way, as a `data:` address; of the first {@link SHOWN} alone. */
        picture: z.string().optional(),
        /** Where presets are compared, the same with the distances of its levels from their medians times a factor. */
        stretched: z.strictObject({ picture: z.string(), factor: z.number().min(1) }).optional(),
      }),
    )
    .min(1),
});

export type Ascents = z.infer<typeof ascentsSchema>;

/** Pictures that are shown at the most. */
export const SHOWN = 24;

/** `atoll ascend`: pictures that gradient ascent led to a class. */
export const ASCENTS = defineExperiment<Ascents>({
  name: 'ascend',
  schema: ascentsSchema,
  show(found) {
    const { model, encoding, seed, compared, ascents } = found;
    const label = ascents[0]?.label ?? '';
    return {
      title: compared
        ? `What each preset makes of ${label}`
        : `Gradient ascent to ${ascents.length === 1 ? label : `${ascents.length} classes`}`,
      lede: ledeOf(found),
      figure: pictureFigure(found),
      table: ascentTable(found),
      notes: markup`${facts([
        ['Network', model],
        ['Encoding', encoding],
        ['Ascents', whole(ascents.length)],
        ['Seed', `${seed}`],
      ])}<p>The parameters of a genome are led along the gradient of log p of its class; those of direct genomes are the pixels
(Nguyen, Yosinski and Clune, CVPR 2015, after Simonyan, Vedaldi and Zisserman, ICLR workshop 2014). Each picture is the best of its ascent, as the network was shown it, in 8 bits.</p>`,
    };
  },
});

const CERTAIN = 0.99;

function ledeOf({ ascents }: Ascents): string {
  const reached = ascents.filter(({ best }) => best >= CERTAIN);
  const many = `${reached.length} of ${ascents.length} ascent${ascents.length === 1 ? '' : 's'} reached .99`;
  const steps = reached.flatMap(({ milestones }) => milestones[CERTAIN] ?? []);
  if (steps.length === 0) return `${many}.`;
  return `${many}${steps.length === 1 ? ', after' : ', the median after'} ${whole(median(steps))} steps.`;
}

const SIDE = 150;
const COLUMNS = 6;
const STEP_X = SIDE + 14;
const STEP_Y = SIDE + 50;

/** A picture for each ascent, with its confidence, and where several presets were used with the preset in place of the class. */
function pictureFigure({ ascents, compared, model }: Ascents): Figure {
  const shown = ascents.filter(({ picture }) => picture !== undefined);
  const columns = Math.min(COLUMNS, Math.max(3, shown.length));
  const rest = ascents.length - shown.length;
  const title = compared
    ? `${ascents[0]?.label ?? ''} on ${model}, by preset`
    : `Gradient ascent on ${model}`;
  const stepY = STEP_Y + (compared ? SIDE + 20 : 0);
  const text = `${title}${rest > 0 ? `: the first ${shown.length} of ${ascents.length}` : ''}`;
  const width = 10 + columns * STEP_X;
  const shapes: Shape[] = [
    { kind: 'text', text: fitText(text, 14, (width - 24) / 1.08), x: 12, y: 22, size: 14, ink: 'text' },
  ];
  for (const [i, { label, preset, best, steps, picture = '', stretched }] of shown.entries()) {
    const x = 12 + (i % columns) * STEP_X;
    const y = 38 + Math.floor(i / columns) * stepY;
    const name = compared ? preset : label;
    shapes.push(
      { kind: 'image', x, y, width: SIDE, height: SIDE, data: picture, title: name },
      { kind: 'text', text: fitText(name, 12, SIDE / 1.08), x, y: y + SIDE + 16, size: 12, ink: 'text' },
      {
        kind: 'text',
        text: `${confidence(best)}, ${whole(steps)} steps`,
        x,
        y: y + SIDE + 31,
        size: 11,
        ink: 'quiet',
      },
    );
    if (stretched === undefined) continue;
    const below = y + SIDE + 40;
    const times = `contrast × ${stretched.factor.toFixed(1)}`;
    shapes.push(
      {
        kind: 'image',
        x,
        y: below,
        width: SIDE,
        height: SIDE,
        data: stretched.picture,
        title: `${name}, ${times}`,
      },
      { kind: 'text', text: times, x, y: below + SIDE + 14, size: 11, ink: 'quiet' },
    );
  }
  const rows = Math.ceil(shown.length / columns);
  return { width, height: 38 + rows * stepY, says: `${text}: pictures with their confidences`, shapes };
}

function ascentTable({ ascents }: Ascents): Table {
  return {
    columns: [
      { name: 'class_id', title: 'class', format: String },
      { name: 'label', title: 'label' },
      { name: 'preset', title: 'preset' },
      { name: 'confidence', title: 'confidence', format: confidence },
      { name: 'steps', title: 'steps', format: whole },
      ...MILESTONES.map((milestone) => ({
        name: `steps_to_${milestone}`,
        title: `steps to ${`${milestone}`.slice(1)}`,
        format: whole,
      })),
    ],
    rows: ascents.map(({ classId, label, preset, best, steps, milestones }) => [
      ...[classId, label, preset, best, steps],
      ...MILESTONES.map((milestone) => milestones[milestone] ?? null),
    ]),
  };
}
