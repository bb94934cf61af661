import { beside } from '../figures/compose.js';
import { ninesAxis, ninesOf } from '../figures/nines.js';
import { plot } from '../figures/plot.js';
import type { Figure } from '../figures/shape.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, percent, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { type Retraining, type RoundFigures, retrainingSchema, roundFigures } from './retraining.js';

/** `atoll retrain`: whether a network that is trained on what fools it is fooled again. */
export const RETRAINING = defineExperiment<Retraining>({
  name: 'retrain',
  schema: retrainingSchema,
  show(retraining) {
    const rounds = retraining.rounds.map(roundFigures);
    const { data, labels, network, encoding, from, seed } = retraining;
    const [first] = retraining.rounds;
    const seeds = first?.confidences.length ?? 0;
    const evaluations = whole(first?.evaluations ?? 0);
    return {
      title: 'Training on what fools a network',
      lede: ledeOf(rounds),
      figure: beside([confidenceFigure(rounds), accuracyFigure(rounds)]),
      table: roundTable(rounds),
      notes: markup`${facts([
        ['Data', data],
        ['Classes, without the added one', whole(labels.length)],
        ['Network', network],
        ['Encoding', encoding],
        ['Evolutions a round', `${seeds} of ${evaluations} evaluations`],
        ['Weights of a round start', from === 'previous' ? "as the previous round's" : 'at random'],
        ['Seed', `${seed}`],
      ])}<p>The experiment is that of Nguyen, Yosinski and Clune (CVPR 2015). The network of round 0 has seen real images alone. In
each round images are evolved for the network as it is; those that fool it are added to the training images, as one class more, and the
network is trained on all of them. The class of evolved images is as large as the mean real class, by repetition where there are
fewer.</p>
<p class="quiet">Confidence is what the network gives an evolved image for a class that it does not show: of each evolution the median over
the ${whole(labels.length)} classes, the added one left out, counts. The line is the median over the evolutions of a round, the band
reaches from the least to the greatest. Accuracy is the share of real test images that the network puts into the right class; a real image
that is put into the added class is wrong.</p>`,
    };
  },
});

function ledeOf(rounds: readonly RoundFigures[]): string {
  const last = rounds.at(-1);
  const first = rounds[0];
  if (last === undefined || first === undefined) return 'No round is done yet.';
  const least = Math.min(...rounds.map(({ accuracy }) => accuracy));
  return (
    `The median confidence of evolved images is ${confidence(first.median)} before any retraining and ` +
    `${confidence(last.median)} after ${last.round} round${last.round === 1 ? '' : 's'}; accuracy on real images is never below ${percent(least)}.`
  );
}

const WIDTH = 470;
const HEIGHT = 360;

function roundAxis(rounds: readonly RoundFigures[]) {
  const last = Math.max(1, rounds.at(-1)?.round ?? 1);
  const step = Math.ceil(last / 15);
  const ticks = Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
  return { label: 'round', domain: [0, last] as const, ticks, format: String };
}

function confidenceFigure(rounds: readonly RoundFigures[]): Figure {
  return plot({
    width: WIDTH,
    height: HEIGHT,
    title: 'How far the evolution gets',
    says: 'Median confidence of evolved images over rounds of retraining',
    x: roundAxis(rounds),
    y: ninesAxis('median confidence'),
    marks: [
      {
        kind: 'band',
        points: rounds.map(({ round, least, greatest }) => [round, ninesOf(least), ninesOf(greatest)]),
        ink: 'series-1',
        label: 'least to greatest of the evolutions',
      },
      {
        kind: 'line',
        points: rounds.map(({ round, median }) => [round, ninesOf(median)]),
        ink: 'series-1',
        label: 'median',
      },
      {
        kind: 'dots',
        points: rounds.map(({ round, median }) => [round, ninesOf(median)]),
        ink: 'series-1',
        titles: rounds.map(({ round, median }) => `round ${round}: ${confidence(median)}`),
      },
    ],
  });
}

function accuracyFigure(rounds: readonly RoundFigures[]): Figure {
  const least = Math.min(...rounds.map(({ accuracy }) => accuracy));
  // Down to a round value below the least.
  const from = Math.floor(20 * Math.max(0, least - 0.005)) / 20;
  return plot({
    width: WIDTH,
    height: HEIGHT,
    title: 'Accuracy on real images',
    says: 'Accuracy on real test images over rounds of retraining',
    x: roundAxis(rounds),
    y: {
      label: 'accuracy (share named rightly)',
      domain: [from, 1],
      format: (value) => `${(100 * value).toFixed(0)} %`,
    },
    marks: [
      {
        kind: 'line',
        points: rounds.map(({ round, accuracy }) => [round, accuracy]),
        ink: 'series-0',
        label: 'real test images',
      },
      {
        kind: 'dots',
        points: rounds.map(({ round, accuracy }) => [round, accuracy]),
        ink: 'series-0',
        titles: rounds.map(({ round, accuracy }) => `round ${round}: ${percent(accuracy)}`),
      },
    ],
  });
}

function roundTable(rounds: readonly RoundFigures[]): Table {
  return {
    columns: [
      { name: 'round', title: 'round', format: String },
      { name: 'trained_on', title: 'evolved images trained on', format: whole },
      { name: 'accuracy', title: 'accuracy on real images', format: percent },
      { name: 'median_confidence', title: 'median confidence of evolved images', format: confidence },
      { name: 'least', title: 'least of the evolutions', format: confidence },
      { name: 'greatest', title: 'greatest of the evolutions', format: confidence },
      { name: 'share_from_0.9999', title: 'share of classes from .9999', format: percent },
    ],
    rows: rounds.map((each) => [
      each.round,
      each.trainedOn,
      each.accuracy,
      each.median,
      each.least,
      each.greatest,
      each.certain,
    ]),
  };
}
