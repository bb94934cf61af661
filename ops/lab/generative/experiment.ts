import { beside, stacked } from '../figures/compose.js';
import { plot } from '../figures/plot.js';
import type { Figure, Shape } from '../figures/shape.js';
import { seriesInk } from '../look/inks.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, percent, short, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import {
  chosenTrial,
  type Fooling,
  foolingSchema,
  type Group,
  type GroupName,
  groupFigures,
} from './fooling.js';

const TITLES: Readonly<Record<GroupName, string>> = {
  network: 'evolved against the network',
  bayes: 'evolved against the generative classifier',
  threshold: '… with its threshold',
  densest: 'what it finds likeliest',
};

/** `atoll generative`: whether a generative classifier is fooled too. */
export const FOOLING = defineExperiment<Fooling>({
  name: 'generative',
  schema: foolingSchema,
  show(fooling) {
    const chosen = chosenTrial(fooling);
    return {
      title: 'Is a generative classifier fooled too?',
      lede: ledeOf(fooling),
      figure: stacked([picturesFigure(fooling), densityFigure(fooling)]),
      table: imageTable(fooling),
      summary: groupTable(fooling),
      notes: markup`${facts([
        ['Data', fooling.data],
        ['Network', fooling.network],
        ['Accuracy of the network', percent(fooling.accuracy.network)],
        ['Accuracy of the generative classifier', percent(fooling.accuracy.bayes)],
        ['Test images that its threshold rejects', percent(fooling.rejected)],
        ['Threshold, log p(x)', `${short(fooling.threshold)} nats`],
      ])}<p>A network that tells classes apart learns where the border between them lies, and an image far from all that it has seen can
lie far on one side of it. A generative classifier learns how the images of each class come about, p(x | c), and has the classes by
Bayes' rule: p(c | x) = p(x | c) p(c) / p(x). So it also knows p(x), how likely the image is at all, and can say "none of these" below a
threshold: the one that ${percent(0.99)} of ${whole(fooling.heldOut)} real images, held out, lie above.</p>
<p>The model is a mixture of ${chosen.components} Gaussians with diagonal covariances for each class, fitted by expectation-maximisation
to ${whole(fooling.trainedOn)} images, in the plane of their first ${chosen.dimensions} principal components; what lies outside of the
plane is noise, the same in every direction (Tipping and Bishop, 1999). Both numbers were chosen by the likelihood of the held-out
images.</p>
<p>Without the threshold, Bayes' rule is as sure of an image that no class explains as of one that a class explains: only the ratio of
two improbabilities counts. With it, "none of these" is a class more, whose density is the threshold everywhere. The evolution against it
is given more than the classifier says: below the threshold a worth that rises with p(x), since it could not see from confidences of 0
where to go.</p>
<p class="quiet">Pictures: ${fooling.encoding}, ${whole(fooling.evaluations)} evaluations each, seed ${fooling.seed}${
        fooling.run === undefined ? '' : `; those against the network are of the run ${fooling.run}`
      }. The last row is not evolved: of each class the centre that the model finds likeliest. What such a model believes most looks like
what it was shown.</p>`,
    };
  },
});

function ledeOf({ groups }: Fooling): string {
  const found = groups.map(groupFigures);
  const told = (name: GroupName, tell: (figures: (typeof found)[number]) => string) => {
    const figures = found.find((each) => each.name === name);
    return figures === undefined ? [] : [tell(figures)];
  };
  return [
    ...told(
      'network',
      ({ rejected, named }) =>
        `Of the images evolved against the network, the generative classifier names ${percent(named)} as the same class; its threshold rejects ${percent(rejected)}.`,
    ),
    ...told(
      'bayes',
      ({ bayes, rejected }) =>
        `Evolved against it, without a threshold, they reach a median confidence of ${confidence(bayes)}, and the threshold rejects ${percent(rejected)}.`,
    ),
    ...told(
      'threshold',
      ({ withThreshold, rejected }) =>
        `Evolved against it with the threshold, they reach ${confidence(withThreshold)}, and ${percent(rejected)} are rejected.`,
    ),
  ].join(' ');
}

const TILE = 72;
const GAP = 6;
const LEFT = 12;
const HEAD = 26;

function picturesFigure({ groups, labels }: Fooling): Figure {
  const height = HEAD + TILE + 20;
  const rows = groups.map((group) => rowFigure(group, labels, height));
  return stacked(rows);
}

function rowFigure({ name, images }: Group, labels: readonly string[], height: number): Figure {
  const title =
    name === 'densest'
      ? `${TITLES[name]}: what the generative classifier gives it, with its threshold`
      : `${TITLES[name]}: what ${name === 'network' ? 'the network' : 'the generative classifier'} gives it, and what is left with the threshold`;
  const shapes: Shape[] = [{ kind: 'text', text: title, x: LEFT, y: 18, size: 13, ink: 'text' }];
  images.slice(0, SHOWN).forEach((image, i) => {
    const x = LEFT + i * (TILE + GAP);
    const first = name === 'network' ? image.network : image.bayes;
    const said = `${labels[image.classId] ?? image.classId}: ${confidence(first)}`;
    shapes.push({ kind: 'image', x, y: HEAD, width: TILE, height: TILE, data: image.picture, title: said });
    const shown =
      name === 'densest' ? two(image.withThreshold) : `${two(first)} / ${two(image.withThreshold)}`;
    shapes.push({
      kind: 'text',
      text: shown,
      x: x + TILE / 2,
      y: HEAD + TILE + 14,
      size: 11,
      ink: image.margin < 0 ? 'bad' : 'accent',
      anchor: 'middle',
    });
  });
  return { width: 2 * LEFT + SHOWN * (TILE + GAP), height, says: title, shapes };
}

/** Images of a row. */
const SHOWN = 10;

/** Cut, as all confidences are. */
function two(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

/** Nats on a logarithmic scale in both directions. */
function placed(margin: number): number {
  return Math.sign(margin) * Math.log10(1 + Math.abs(margin));
}

const DECADES = [100_000, 10_000, 1000, 100, 10];

function densityFigure({ groups, margins }: Fooling): Figure {
  const rows = [{ title: 'real test images', values: margins }].concat(
    groups.map(({ name, images }) => ({ title: TITLES[name], values: images.map(({ margin }) => margin) })),
  );
  const least = Math.min(-10, ...rows.flatMap(({ values }) => values));
  const most = Math.max(100, ...rows.flatMap(({ values }) => values));
  const ticks = [
    ...DECADES.filter((each) => -each >= least * 1.2).map((each) => -each),
    0,
    10,
    100,
    1000,
  ].filter((each) => each <= most * 1.2);
  const top = rows.length - 1;
  const figure = plot({
    width: 2 * LEFT + SHOWN * (TILE + GAP),
    height: 120 + 34 * rows.length,
    title: 'How likely the images are: log p(x) above the threshold, in nats',
    says: 'Log densities of real and of evolved images, above the threshold of the generative classifier',
    x: {
      label: 'nats above the threshold (logarithmic on both sides)',
      domain: [placed(least) - 0.1, placed(most) + 0.1],
      ticks: ticks.map(placed),
      format: (at) => whole(Math.sign(at) * (10 ** Math.abs(at) - 1)),
    },
    y: {
      label: '',
      domain: [-0.5, top + 0.5],
      ticks: rows.map((_, i) => top - i),
      format: (at) => rows[top - at]?.title ?? '',
    },
    marks: [
      ...rows.map(({ values }, i) => ({
        kind: 'dots' as const,
        points: values.map((value, v) => [placed(value), top - i + spread(v)] as const),
        ink: seriesInk(i),
        radius: i === 0 ? 1.5 : 3.5,
      })),
      { kind: 'rule' as const, x: 0, label: 'threshold', ink: 'bad' as const },
    ],
  });
  return beside([figure]);
}

/** Dots of a row lie a little above each other, so that all are seen; the same each time. */
function spread(i: number): number {
  return (((i * 0.618034) % 1) - 0.5) * 0.5;
}

function groupTable({ groups }: Fooling): Table {
  return {
    columns: [
      { name: 'images', title: 'images' },
      { name: 'network', title: 'median confidence of the network', format: confidence },
      { name: 'bayes', title: 'of the generative classifier', format: confidence },
      { name: 'with_threshold', title: 'with its threshold', format: confidence },
      { name: 'named', title: 'named as the class', format: percent },
      { name: 'rejected', title: 'rejected', format: percent },
      { name: 'margin', title: 'median nats above the threshold', format: whole },
    ],
    rows: groups
      .map(groupFigures)
      .map((each) => [
        TITLES[each.name].replace('…', TITLES.bayes),
        each.network,
        each.bayes,
        each.withThreshold,
        each.named,
        each.rejected,
        each.margin,
      ]),
  };
}

function imageTable({ groups, labels }: Fooling): Table {
  return {
    columns: [
      { name: 'group', title: 'images' },
      { name: 'class', title: 'class' },
      { name: 'network', title: 'confidence of the network', format: confidence },
      { name: 'bayes', title: 'of the generative classifier', format: confidence },
      { name: 'with_threshold', title: 'with its threshold', format: confidence },
      { name: 'margin', title: 'nats above the threshold', format: whole },
    ],
    rows: groups.flatMap(({ name, images }) =>
      images.map((image) => [
        name,
        labels[image.classId] ?? `${image.classId}`,
        image.network,
        image.bayes,
        image.withThreshold,
        image.margin,
      ]),
    ),
  };
}
