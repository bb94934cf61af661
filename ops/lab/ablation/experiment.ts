import { z } from 'zod';
import { ticksOf } from '../figures/axis.js';
import { beside, stacked } from '../figures/compose.js';
import { plot } from '../figures/plot.js';
import type { Figure, Shape } from '../figures/shape.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence } from '../results/format.js';
import type { Table } from '../results/table.js';

const pngSchema = z.string().startsWith('data:image/png;base64,');
const shiftSchema = z.tuple([z.number(), z.number()]);

export const ablationSchema = z.strictObject({
  picture: z.string(),
  model: z.string(),
  modelDigest: z.string(),
  classId: z.int().min(0),
  label: z.string(),
  /** Of the picture as it is. */
  confidence: z.number(),
  width: z.int().min(1),
  height: z.int().min(1),
  image: pngSchema,
  /** In pixels, to the right and downwards. */
  shifts: z.array(shiftSchema).min(1).max(2),
  /** Of the picture with itself, moved by the first of them; absent: a person gave the shifts. */
  correlation: z.number().optional(),
  tiles: z.int().min(1),
  /** Of one copy alone, the best. */
  alone: z.number(),
  seed: z.int(),
  orders: z.int(),
  counts: z.array(
    z.strictObject({
      copies: z.int().min(0),
      kept: z.number(),
      least: z.number(),
      greatest: z.number(),
      pasted: z.number(),
    }),
  ),
  /** Some of the pictures that the network was shown. */
  examples: z.array(
    z.strictObject({
      copies: z.int(),
      kept: pngSchema,
      keptConfidence: z.number(),
      pasted: pngSchema,
      pastedConfidence: z.number(),
    }),
  ),
});

export type AblationData = z.infer<typeof ablationSchema>;

/** `atoll ablate`: whether the network counts how often an element is repeated. */
export const ABLATION = defineExperiment<AblationData>({
  name: 'ablate',
  schema: ablationSchema,
  show(data) {
    const { picture, label, tiles, shifts, correlation, alone, orders } = data;
    const period = shifts.map(written).join(' and ');
    return {
      title: `How often the element of ${label} must be there`,
      lede: `${picture}: ${confidence(data.confidence)} as it is. Its element is there ${tiles} times; one copy alone has ${confidence(alone)}.`,
      figure: stacked([beside([periodFigure(data), curve(data)]), strip(data)]),
      table: countTable(data),
      notes: markup`${facts([
        ['Copies', `${tiles}`],
        ['Repeats every (pixels, right and down)', period],
        ['Likeness under that shift', correlation === undefined ? 'given' : correlation.toFixed(3)],
        ['Confidence as it is', confidence(data.confidence)],
        ['Best copy alone', confidence(alone)],
      ])}<p>The shifts are the peaks of the picture's normalised autocorrelation: Pearson's correlation of its brightness with itself,
moved. The picture is cut along them. <em>Kept</em>: all but n copies are covered with the picture's median colour; mean, least
and greatest over ${orders} orders drawn at random. <em>Pasted</em>: the one copy that has the greatest confidence alone is laid n times onto the
median colour, from the middle outwards.</p>`,
    };
  },
});

function written([x, y]: readonly [number, number]): string {
  return `${Number(x.toFixed(2))}, ${Number(y.toFixed(2))}`;
}

const PANEL = 260;

/** The picture with the shifts as arrows from its middle. */
function periodFigure({ width, height, image, shifts, label, confidence: whole }: AblationData): Figure {
  const scale = PANEL / Math.max(width, height);
  const size = { width: width * scale, height: height * scale };
  const [x, y] = [size.width / 2, size.height / 2];
  const arrows = shifts.flatMap(([dx, dy]): Shape[] => [
    { kind: 'path', d: `M${x} ${y}L${x + dx * scale} ${y + dy * scale}`, stroke: '#ffffff', width: 5 },
    { kind: 'path', d: `M${x} ${y}L${x + dx * scale} ${y + dy * scale}`, stroke: '#d6261b', width: 2.5 },
    { kind: 'circle', x: x + dx * scale, y: y + dy * scale, radius: 4.5, fill: '#d6261b' },
  ]);
  const title = `${label}: ${confidence(whole)}`;
  return {
    width: PANEL + 16,
    height: size.height + 40,
    says: `${title}; the shifts under which it repeats`,
    shapes: [
      { kind: 'text', text: title, x: 8, y: 22, size: 13, ink: 'text' },
      { kind: 'image', x: 8, y: 34, ...size, data: image },
      frame(8, 34, size),
      {
        kind: 'group',
        x: 8,
        y: 34,
        shapes: [...arrows, { kind: 'circle', x, y, radius: 3.5, fill: '#d6261b' }],
      },
    ],
  };
}

/** Width of the curve. */
const CURVE = 560;

function curve({ counts, tiles, confidence: whole }: AblationData): Figure {
  const points = (of: (count: AblationData['counts'][number]) => number) =>
    counts.map((count): readonly [number, number] => [count.copies, of(count)]);
  const copies = { label: 'copies n', domain: [0, tiles], format: String } as const;
  return plot({
    width: CURVE,
    height: PANEL + 60,
    title: 'Confidence over the number of copies',
    x: { ...copies, ticks: ticksOf(copies, CURVE, 'x').filter(Number.isInteger) },
    y: { label: 'confidence', domain: [0, 1] },
    marks: [
      {
        kind: 'band',
        points: counts.map(({ copies, least, greatest }) => [copies, least, greatest] as const),
        ink: 'series-0',
        label: 'least to greatest',
      },
      { kind: 'line', points: points(({ kept }) => kept), ink: 'series-0', label: 'n copies kept (mean)' },
      {
        kind: 'line',
        points: points(({ pasted }) => pasted),
        ink: 'series-1',
        label: 'one copy pasted n times',
      },
      {
        kind: 'line',
        points: [
          [0, whole],
          [tiles, whole],
        ],
        ink: 'quiet',
        dashed: true,
        width: 1.5,
        label: 'as it is',
      },
    ],
  });
}

/** White pictures have an edge on white ground. */
function frame(
  x: number,
  y: number,
  { width, height }: { readonly width: number; readonly height: number },
): Shape {
  return { kind: 'path', d: `M${x} ${y}h${width}v${height}h-${width}z`, stroke: 'line' };
}

const THUMB = 110;

/** What the network was shown. */
function strip({ examples, width, height }: AblationData): Figure {
  const scale = THUMB / Math.max(width, height);
  const size = { width: width * scale, height: height * scale };
  const step = THUMB + 14;
  const row = (
    y: number,
    name: string,
    of: (example: AblationData['examples'][number]) => readonly [string, number],
  ): Shape[] => [
    { kind: 'text', text: name, x: 8, y: y + size.height / 2, size: 12, ink: 'quiet' },
    ...examples.flatMap((example, i): Shape[] => {
      const [data, value] = of(example);
      const x = 70 + i * step;
      const caption = `n = ${example.copies}: ${confidence(value)}`;
      return [
        { kind: 'image', x, y, ...size, data },
        frame(x, y, size),
        { kind: 'text', text: caption, x, y: y + size.height + 15, size: 11, ink: 'text' },
      ];
    }),
  ];
  const second = size.height + 40;
  return {
    width: 70 + examples.length * step,
    height: second + size.height + 28,
    says: 'Some of the pictures that the network was shown',
    shapes: [
      ...row(8, 'kept', (each) => [each.kept, each.keptConfidence]),
      ...row(second, 'pasted', (each) => [each.pasted, each.pastedConfidence]),
    ],
  };
}

function countTable({ counts }: AblationData): Table {
  return {
    columns: [
      { name: 'copies', title: 'copies', format: String },
      { name: 'kept', title: 'kept: mean confidence', format: confidence },
      { name: 'kept_least', title: 'least', format: confidence },
      { name: 'kept_greatest', title: 'greatest', format: confidence },
      { name: 'pasted', title: 'pasted: confidence', format: confidence },
    ],
    rows: counts.map(({ copies, kept, least, greatest, pasted }) => [copies, kept, least, greatest, pasted]),
  };
}
