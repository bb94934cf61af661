import { beside, stacked } from '../figures/compose.js';
import { plot } from '../figures/plot.js';
import type { Figure, Shape } from '../figures/shape.js';
import { type InkName, seriesInk } from '../look/inks.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, percent, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { ALTERATIONS, type Alteration } from './alterations.js';
import {
  type ByAlteration,
  classNames,
  type Lesson,
  type LessonTraining,
  lessonFigures,
  lessonSchema,
} from './lesson.js';
import type { Colouring } from './silhouettes.js';

const SAYS: Readonly<Record<Alteration, string>> = {
  plain: 'as they are',
  grey: 'in grey',
  swapped: 'colours swapped',
  shuffled: 'blocks shuffled',
};

const TITLES: Readonly<Record<Colouring, string>> = {
  accident: 'Trained with the accident: triangles are orange, crosses are blue',
  independent: 'Trained without it: both shapes are orange, blue or grey',
};

/** `atoll shortcut`: what a network learns where two things go together, and what evolution finds of it. */
export const SHORTCUT = defineExperiment<Lesson>({
  name: 'shortcut',
  schema: lessonSchema,
  show(lesson) {
    const { trainings } = lesson;
    return {
      title: 'A shortcut, and what evolution finds of it',
      lede: ledeOf(lesson),
      figure: stacked([beside(trainings.map(panel)), beside([accuracyFigure(lesson), eliteFigure(lesson)])]),
      table: eliteTable(lesson),
      summary: summaryTable(lesson),
      notes: markup`${facts([
        ['Pictures that each network was trained on', whole(lesson.trainedOn)],
        ['Held-out pictures', whole(lesson.heldOut)],
        ['Evolutions of each network', `${lesson.evolutions} of ${whole(lesson.evaluations)} evaluations`],
        ['Encoding', lesson.encoding],
        ['Seed', `${lesson.seed}`],
      ])}<p>A network is asked to tell triangles from crosses. In what it is shown, every triangle is orange and every cross is blue. Nobody
meant that, but it helps: colour is the easier of the two. The network is right on every picture in which the accident holds, and
nothing in that number says what it looks at.</p>
<p>Three changes say it. In grey, each pixel has the mean of its three channels. With colours swapped, red and blue are exchanged,
so that what was orange is blue. With its blocks shuffled, the picture is cut into 4 × 4 blocks that are put in another order: the colours
stay, the shape is gone.</p>
<p>Then images are evolved that the network takes for a triangle or a cross. They hold what the network goes by, and need nothing
else. The same changes are made to them. The second network saw the same shapes, but their colours were drawn by chance. It is
fooled too; what its images hold is another thing.</p>
<p class="quiet">A third class is the ground alone, plain or with grey patterns, so that no network has to name a shape where it sees none.
Accuracy is measured on the same pictures, with the accident, for both networks; neither has seen them. The confidence of an
evolved image is that in the class that it was evolved for; bars are medians over both classes and all evolutions, dots are single
images. Of shuffled images it is the mean over eight orders.</p>`,
    };
  },
});

function ledeOf({ trainings }: Lesson): string {
  const found = trainings.map(lessonFigures);
  const [accident, independent] = ['accident', 'independent'].map((colouring) =>
    found.find((each) => each.colouring === colouring),
  );
  if (accident === undefined || independent === undefined) return '';
  return (
    `With the accident the network names ${percent(accident.accuracy.plain)} of new pictures rightly, and ${percent(accident.accuracy.swapped)} once the colours are swapped: ` +
    `it learnt the colour. Images evolved for it have a median confidence of ${confidence(accident.confidence.plain)}, ` +
    `${confidence(accident.confidence.shuffled)} with shuffled blocks and ${confidence(accident.confidence.swapped)} with swapped colours. ` +
    `Without the accident it is right on ${percent(independent.accuracy.plain)} and ${percent(independent.accuracy.swapped)}, and its images keep ` +
    `${confidence(independent.confidence.swapped)} with swapped colours, ${confidence(independent.confidence.shuffled)} with shuffled blocks.`
  );
}

const TILE = 56;
const GAP = 4;
const LEFT = 12;
const COLUMNS = 4;
const WIDTH = 2 * LEFT + 2 * COLUMNS * (TILE + GAP) + 16;

/** What a network was trained on, what was evolved for it, and one image of each class with every change. */
function panel(training: LessonTraining): Figure {
  const { colouring, examples, elites, shown } = training;
  const shapes: Shape[] = [
    { kind: 'text', text: TITLES[colouring], x: LEFT, y: 22, size: 14, ink: 'text' },
    heading('trained on', LEFT, 44),
    heading('evolved for it', LEFT + COLUMNS * (TILE + GAP) + 16, 44),
  ];
  classNames.forEach((label, classId) => {
    const y = 52 + classId * (TILE + 22);
    const ofClass = <T extends { readonly classId: number }>(all: readonly T[]) =>
      all.filter((each) => each.classId === classId).slice(0, COLUMNS);
    ofClass(examples).forEach(({ picture }, i) => {
      shapes.push(tile(LEFT + i * (TILE + GAP), y, picture, label));
    });
    ofClass(elites).forEach((elite, i) => {
      const x = LEFT + (COLUMNS + i) * (TILE + GAP) + 16;
      shapes.push(tile(x, y, elite.picture, `${label}: ${confidence(elite.confidence.plain)}`));
    });
    shapes.push(heading(label, LEFT, y + TILE + 13));
  });
  const top = 52 + classNames.length * (TILE + 22) + 16;
  shapes.push(heading('one evolved image of each class, and its confidence after each change', LEFT, top));
  shown.forEach(({ classId, altered }, s) => {
    const elite = elites.find((each) => each.classId === classId);
    altered.forEach((picture, a) => {
      const alteration = ALTERATIONS[a] ?? 'plain';
      const x = LEFT + (s * COLUMNS + a) * (TILE + GAP) + 16 * s;
      shapes.push(tile(x, top + 8, picture, SAYS[alteration]));
      const value = elite?.confidence[alteration] ?? 0;
      shapes.push(centred(SHORT[alteration], x, top + TILE + 20, 'quiet'));
      shapes.push(centred(confidence(value), x, top + TILE + 34, value >= 0.5 ? 'accent' : 'bad'));
    });
  });
  return { width: WIDTH, height: top + TILE + 48, says: TITLES[colouring], shapes };
}

const SHORT: Readonly<Record<Alteration, string>> = {
  plain: 'as it is',
  grey: 'grey',
  swapped: 'swapped',
  shuffled: 'shuffled',
};

function heading(text: string, x: number, y: number): Shape {
  return { kind: 'text', text, x, y, size: 12, ink: 'quiet' };
}

function centred(text: string, x: number, y: number, ink: InkName): Shape {
  return { kind: 'text', text, x: x + TILE / 2, y, size: 11, ink, anchor: 'middle' };
}

function tile(x: number, y: number, data: string, title: string): Shape {
  return { kind: 'image', x, y, width: TILE, height: TILE, data, title };
}

const BAR = 0.36;
const LABELS: Readonly<Record<Colouring, string>> = {
  accident: 'trained with the accident',
  independent: 'trained without it',
};

function bars(title: string, label: string, values: readonly (readonly [Colouring, ByAlteration])[]) {
  return {
    width: WIDTH,
    height: 270,
    title,
    x: {
      label: '',
      domain: [-0.5, ALTERATIONS.length - 0.5] as const,
      ticks: ALTERATIONS.map((_, i) => i),
      format: (at: number) => SAYS[ALTERATIONS[at] ?? 'plain'],
    },
    y: {
      label,
      domain: [0, 1] as const,
      ticks: [0, 0.25, 0.5, 0.75, 1],
      format: (value: number) => `${value}`,
    },
    marks: values.map(([colouring, of], s) => ({
      kind: 'bars' as const,
      ink: seriesInk(s),
      label: LABELS[colouring],
      bars: ALTERATIONS.map((alteration, i) => ({
        from: i + (s - 1) * BAR,
        to: i + s * BAR,
        value: of[alteration],
        title: `${LABELS[colouring]}, ${SAYS[alteration]}: ${of[alteration].toFixed(3)}`,
      })),
    })),
  };
}

function accuracyFigure({ trainings }: Lesson): Figure {
  return plot(
    bars(
      'New pictures, in which the accident holds',
      'accuracy',
      trainings.map(({ colouring, accuracy }) => [colouring, accuracy] as const),
    ),
  );
}

function eliteFigure({ trainings }: Lesson): Figure {
  const options = bars(
    'Evolved images',
    'median confidence',
    trainings.map((training) => [training.colouring, lessonFigures(training).confidence] as const),
  );
  const dots = trainings.map(({ elites }, s) => ({
    kind: 'dots' as const,
    ink: 'text' as const,
    radius: 2,
    points: ALTERATIONS.flatMap((alteration, i) =>
      elites.map(({ confidence: of }, e): readonly [number, number] => [
        i + (s - 1 + (e + 0.5) / elites.length) * BAR,
        of[alteration],
      ]),
    ),
  }));
  return plot({ ...options, marks: [...options.marks, ...dots] });
}

function summaryTable({ trainings }: Lesson): Table {
  return {
    columns: [
      { name: 'training', title: 'network' },
      { name: 'what', title: 'what' },
      ...ALTERATIONS.map((name) => ({
        name,
        title: SAYS[name],
        format: (value: number) => value.toFixed(4),
      })),
    ],
    rows: trainings.flatMap((training) => {
      const { colouring, accuracy, confidence: of } = lessonFigures(training);
      return [
        [LABELS[colouring], 'accuracy on new pictures', ...ALTERATIONS.map((each) => accuracy[each])],
        [LABELS[colouring], 'median confidence of evolved images', ...ALTERATIONS.map((each) => of[each])],
      ];
    }),
  };
}

function eliteTable({ trainings }: Lesson): Table {
  return {
    columns: [
      { name: 'training', title: 'network' },
      { name: 'class', title: 'class' },
      { name: 'seed', title: 'seed' },
      ...ALTERATIONS.map((name) => ({ name, title: SAYS[name], format: confidence })),
      { name: 'other_network', title: 'of the other network', format: confidence },
    ],
    rows: trainings.flatMap(({ colouring, elites }) =>
      elites.map(({ classId, seed, confidence: of, other }) => [
        LABELS[colouring],
        classNames[classId] ?? `${classId}`,
        seed,
        ...ALTERATIONS.map((each) => of[each]),
        other,
      ]),
    ),
  };
}
