import { useMemo } from 'preact/hooks';
import { count, percent, short } from '../format.js';
import { Chart, type Line } from '../parts/chart.js';
import type { Answer } from '../parts/use-answer.js';
import type { History as HistoryAnswer, Jump } from '../views.js';
import { placeBefore, shownPlaces } from './kept.js';

const LINES: readonly Line[] = [
  { label: 'Confidence', colour: 'accent', filled: true, stepped: true },
  { label: 'Goal switch', colour: 'warm', points: true },
];

/** How a class became what it is: the curve, and a slider through every image that has held it and is kept. */
export function History({
  answer,
  at,
  onChoose,
}: {
  answer: Answer<HistoryAnswer>;
  at: number;
  onChoose: (index: number) => void;
}) {
  const jumps = answer.value?.jumps ?? [];
  const data = useMemo(
    () => [
      jumps.map(({ evaluation }) => evaluation),
      jumps.map(({ confidence }) => confidence),
      jumps.map(({ goalSwitch, confidence }) => (goalSwitch ? confidence : null)),
    ],
    [answer.value],
  );
  const places = useMemo(() => shownPlaces(jumps), [answer.value]);
  const switches = jumps.filter(({ goalSwitch }) => goalSwitch).length;
  const summary = `The class's best confidence over evaluations: ${jumps.length} images, ${switches} of them goal switches`;
  return (
    <section class="history">
      <h2 class="heading">Every image that has held this class</h2>
      {answer.problem !== undefined && <p class="quiet small">{answer.problem}</p>}
      {jumps.length > 0 && (
        <>
          <Chart
            summary={summary}
            lines={LINES}
            data={data}
            height={190}
            xLabel={short}
            yLabel={percent}
            onPick={(place) => onChoose(placeBefore(places, place))}
          />
          <Through jumps={jumps} places={places} at={at} onChoose={onChoose} />
          <Told jumps={jumps} places={places} at={at} omitted={answer.value?.omitted ?? 0} />
        </>
      )}
    </section>
  );
}

interface Through {
  readonly jumps: readonly Jump[];
  readonly places: readonly number[];
  readonly at: number;
}

function Through({ jumps, places, at, onChoose }: Through & { onChoose: (index: number) => void }) {
  const jump = jumps[at];
  return (
    <label class="through">
      <span class="hidden">Image</span>
      <input
        type="range"
        min="0"
        max={Math.max(0, places.length - 1)}
        step="1"
        value={Math.max(0, places.indexOf(at))}
        aria-valuetext={jump && `image ${at + 1} of ${jumps.length}, ${percent(jump.confidence)}`}
        onInput={({ currentTarget }) => onChoose(places[Number(currentTarget.value)] ?? at)}
      />
    </label>
  );
}

function Told({ jumps, places, at, omitted }: Through & { omitted: number }) {
  const jump = jumps[at];
  return (
    <p class="quiet small">
      Image {count(at + 1)} of {count(jumps.length)}
      {jump !== undefined && `, ${percent(jump.confidence)} at evaluation ${count(jump.evaluation)}`}
      {jump?.goalSwitch && ', a goal switch'}
      {omitted > 0 && `; ${count(omitted)} in between are left out`}
      {places.length < jumps.length &&
        `. Of images of pixels the run keeps some: ${count(places.length)} of these`}
    </p>
  );
}
