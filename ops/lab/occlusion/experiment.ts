import { z } from 'zod';
import { beside } from '../figures/compose.js';
import { aroundZero, type Ramp } from '../figures/heat.js';
import type { Figure, Shape } from '../figures/shape.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence } from '../results/format.js';
import type { Table } from '../results/table.js';
import { type Level, lossMap } from './occlusion.js';

export const occlusionSchema = z.strictObject({
  /** What the picture is called. */
  picture: z.string(),
  model: z.string(),
  modelDigest: z.string(),
  views: z.string(),
  classId: z.int().min(0),
  label: z.string(),
  /** Of the picture as it is, for that class. */
  confidence: z.number(),
  width: z.int().min(1),
  height: z.int().min(1),
  /** The picture, as a `data:` address. */
  image: z.string().startsWith('data:image/png;base64,'),
  fill: z.string(),
  refine: z.number(),
  levels: z.array(
    z.strictObject({
      side: z.int().min(1),
      stride: z.int().min(1),
      patches: z.array(z.strictObject({ x: z.int().min(0), y: z.int().min(0), loss: z.number() })),
    }),
  ),
  /** Absent where the network has no gradient. */
  saliency: z
    .strictObject({
      /** Grey, 0 as black. */
      image: z.string().startsWith('data:image/png;base64,'),
      /** What white stands for: the absolute gradient of log p by a level; a few pixels have more. */
      white: z.number().min(0),
    })
    .optional(),
});

export type Occlusion = z.infer<typeof occlusionSchema>;

/** `atoll occlude`: which part of a picture the network's confidence rests on. */
export const OCCLUSION = defineExperiment<Occlusion>({
  name: 'occlude',
  schema: occlusionSchema,
  show(occlusion) {
    const { picture, label, levels, fill, refine } = occlusion;
    const worst = greatest(levels);
    const lowest = occlusion.confidence - (worst?.loss ?? 0);
    return {
      title: `What the confidence in ${label} rests on`,
      lede: worst
        ? `${picture}: ${confidence(occlusion.confidence)} as it is, ${confidence(lowest)} with a patch of ${worst.side} × ${worst.side} pixels at ${worst.x}, ${worst.y}.`
        : `${picture}: ${confidence(occlusion.confidence)}.`,
      figure: occlusionFigure(occlusion),
      table: patchTable(occlusion),
      summary: strongest(occlusion),
      notes: markup`${facts([
        ['Confidence of the picture', confidence(occlusion.confidence)],
        ['Lowest with one patch', confidence(lowest)],
        ['Patches tried', `${levels.reduce((sum, { patches }) => sum + patches.length, 0)}`],
      ])}<p>A patch of the colour ${fill} is slid over the picture, first a large one, then smaller ones; patches of a size overlap by half
(Zeiler and Fergus, ECCV 2014). A place is coloured by the mean loss of confidence of the patches that lie on it: red where
the confidence falls, blue where it rises. Each map has a scale of its own.${
        refine > 0
          ? ` Smaller patches are tried only where the larger ones changed at least ${Math.round(100 * refine)} % of what the most effective one did; elsewhere the picture is left as it is.`
          : ''
      }</p>${occlusion.saliency ? [SALIENCY_NOTE] : []}`,
    };
  },
});

const SALIENCY_NOTE = markup`<p>Saliency is the absolute gradient of log p by a pixel, the greatest of its channels, where p is the confidence
(after Simonyan, Vedaldi and Zisserman, ICLR workshop 2014): what a small change would do, where a patch is a large one.</p>`;

function greatest(levels: readonly Level[]) {
  const all = levels.flatMap(({ side, patches }) => patches.map((patch) => ({ ...patch, side })));
  return all.reduce<(typeof all)[number] | undefined>(
    (best, patch) => (best === undefined || patch.loss > best.loss ? patch : best),
    undefined,
  );
}

const PANEL = 250;
const HEAD = 34;

function occlusionFigure(occlusion: Occlusion): Figure {
  const { label, confidence: whole, levels, saliency } = occlusion;
  const plain = panel(occlusion, `${label}: ${confidence(whole)}`, []);
  const maps = levels.map((level) => levelPanel(occlusion, level));
  return beside([plain, ...maps, ...(saliency ? [saliencyPanel(occlusion, saliency)] : [])]);
}

function saliencyPanel(occlusion: Occlusion, { image, white }: NonNullable<Occlusion['saliency']>): Figure {
  const { width, height } = occlusion;
  const top = height * (PANEL / Math.max(width, height));
  const shade = (share: number) => {
    const byte = Math.round(255 * share);
    return `rgb(${byte}, ${byte}, ${byte})` as const;
  };
  const found = panel({ ...occlusion, image }, 'saliency, by the gradient', [
    ...shadeBar(shade, top + 10),
    { kind: 'text', y: top + 32, size: 11, ink: 'quiet', text: '0', x: 0 },
    {
      ...{ kind: 'text', y: top + 32, size: 11, ink: 'quiet', anchor: 'end' },
      text: `${white.toPrecision(2)} of log p a level`,
      x: PANEL,
    },
  ]);
  return { ...found, says: 'Absolute gradient of the confidence by each pixel' };
}

function panel({ width, height, image }: Occlusion, title: string, over: readonly Shape[]): Figure {
  const scale = PANEL / Math.max(width, height);
  const size = { width: width * scale, height: height * scale };
  const shapes: Shape[] = [
    { kind: 'text', text: title, x: 4, y: 22, size: 13, ink: 'text' },
    { kind: 'image', x: 4, y: HEAD, ...size, data: image },
    { kind: 'group', x: 4, y: HEAD, shapes: over },
  ];
  return { width: PANEL + 8, height: HEAD + size.height + 44, says: title, shapes };
}

function levelPanel(occlusion: Occlusion, level: Level): Figure {
  const { width, height } = occlusion;
  const map = lossMap(level, width, height);
  const most = Math.max(1e-9, ...map.map((loss) => (Number.isNaN(loss) ? 0 : Math.abs(loss))));
  const ramp = aroundZero(most);
  const scale = PANEL / Math.max(width, height);
  const { stride } = level;
  const cells: Shape[] = [];
  for (let y = 0; y < height; y += stride) {
    for (let x = 0; x < width; x += stride) {
      const loss =
        map[Math.min(height - 1, y + (stride >> 1)) * width + Math.min(width - 1, x + (stride >> 1))] ??
        Number.NaN;
      if (Number.isNaN(loss)) continue;
      const sides = {
        width: Math.min(stride, width - x) * scale,
        height: Math.min(stride, height - y) * scale,
      };
      // What changes little is left to be seen.
      const opacity = 0.12 + 0.7 * (Math.abs(loss) / most);
      const title = `${loss >= 0 ? 'loses' : 'gains'} ${Math.abs(loss).toPrecision(3)}`;
      cells.push({
        kind: 'rectangle',
        x: x * scale,
        y: y * scale,
        ...sides,
        fill: ramp(loss),
        opacity,
        title,
      });
    }
  }
  const top = height * scale;
  const found = panel(occlusion, `patches of ${level.side} × ${level.side}`, [
    ...cells,
    ...legend(ramp, most, top + 10),
  ]);
  return { ...found, says: `Map of the loss of confidence under patches of ${level.side} pixels` };
}

/** A bar of all shades, from the one of 0 to the one of 1. */
function shadeBar(shade: Ramp, y: number): Shape[] {
  const steps = 40;
  const width = PANEL / steps;
  return Array.from({ length: steps }, (_, i): Shape => {
    const fill = shade((i + 0.5) / steps);
    return { kind: 'rectangle', x: i * width, y, width: width + 0.5, height: 8, fill };
  });
}

function legend(ramp: Ramp, most: number, y: number): Shape[] {
  const bar = shadeBar((share) => ramp(most * (2 * share - 1)), y);
  const letters = { kind: 'text', y: y + 22, size: 11, ink: 'quiet' } as const;
  return [
    ...bar,
    { ...letters, text: `gains ${most.toPrecision(2)}`, x: 0 },
    { ...letters, text: '0', x: PANEL / 2, anchor: 'middle' },
    { ...letters, text: `loses ${most.toPrecision(2)}`, x: PANEL, anchor: 'end' },
  ];
}

function patchTable({ levels, confidence: whole }: Occlusion): Table {
  return {
    columns: [
      { name: 'patch', title: 'patch', format: String },
      { name: 'x', title: 'x', format: String },
      { name: 'y', title: 'y', format: String },
      { name: 'confidence', title: 'confidence with it', format: confidence },
      { name: 'loss', title: 'loss', format: (value) => value.toPrecision(4) },
    ],
    rows: levels.flatMap(({ side, patches }) =>
      patches.map(({ x, y, loss }) => [side, x, y, Math.max(0, whole - loss), loss]),
    ),
  };
}

const SHOWN = 20;

/** The patches that cost most. */
function strongest(occlusion: Occlusion): Table {
  const { columns, rows } = patchTable(occlusion);
  return { columns, rows: rows.toSorted((a, b) => Number(b[4]) - Number(a[4])).slice(0, SHOWN) };
}
