import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { count, percent, short, wholePercent } from '../format.js';
import { Chart, type Line } from '../parts/chart.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';
import { Distribution } from './distribution.js';
import { Emitters } from './emitters.js';
import { Islands } from './islands.js';

/** The run in figures. */
export function Side({ store, run, open }: { store: Store; run: Run; open: Signal<boolean> }) {
  if (!open.value) return <aside id="side" hidden />;
  return (
    <aside class="side" id="side" aria-label="The run in figures">
      <Figures run={run} />
      <Above store={store} run={run} />
      <Progress run={run} />
      <Distribution store={store} run={run} />
      <Emitters run={run} />
      <Islands run={run} />
    </aside>
  );
}

function Figures({ run }: { run: Run }) {
  run.cells.version.value;
  const { median, coverage } = run.cells.summary();
  const { evaluations, evaluationsPerSecond, goalSwitches, jumps } = run.status.value;
  return (
    <dl class="figures">
      <div class="main-figure">
        <dt>Median confidence</dt>
        <dd>{percent(median)}</dd>
      </div>
      <div class="main-figure">
        <dt>Coverage</dt>
        <dd>
          {wholePercent(coverage)}
          <span class="quiet">
            {count(run.cells.filled)} of {count(run.cells.classes)}
          </span>
        </dd>
      </div>
      <div>
        <dt>Evaluations</dt>
        <dd>{short(evaluations)}</dd>
      </div>
      {(run.source === 'coordinator' || evaluationsPerSecond > 0) && (
        <div>
          <dt>A second</dt>
          <dd>{short(evaluationsPerSecond)}</dd>
        </div>
      )}
      <div>
        <dt>Jumps</dt>
        <dd>{short(jumps)}</dd>
      </div>
      <div>
        <dt title="Jumps whose parent held another class">Goal switches</dt>
        <dd>{short(goalSwitches)}</dd>
      </div>
    </dl>
  );
}

const LEASTS = ['0.5', '0.9', '0.99', '0.999'] as const;

/** Classes above each threshold; each is a way to see them. */
function Above({ store, run }: { store: Store; run: Run }) {
  run.cells.version.value;
  const { above } = run.cells.summary();
  return (
    <section aria-label="Classes above thresholds">
      <ul class="above">
        {LEASTS.map((least) => (
          <li key={least}>
            <a href={store.link({ above: Number(least), classId: undefined })}>
              <span class="quiet">≥ {least.slice(1)}</span>
              <span class="above-bar">
                <span style={{ width: `${(100 * above[least]) / run.cells.classes}%` }} />
              </span>
              <b class="above-count">
                {count(above[least])}
                <span class="hidden"> classes: show them</span>
              </b>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const LINES: readonly Line[] = [
  { label: 'Median', colour: 'accent', filled: true },
  { label: 'Coverage', colour: 'quiet' },
];

function Progress({ run }: { run: Run }) {
  const points = run.curve.value;
  const data = useMemo(
    () => [
      points.map(({ evaluation }) => evaluation),
      points.map(({ median }) => median),
      points.map(({ coverage }) => coverage),
    ],
    [points],
  );
  const last = points.at(-1);
  const summary =
    last === undefined
      ? 'Median and coverage over evaluations: nothing yet'
      : `Median and coverage over evaluations: after ${count(last.evaluation)} evaluations the median is ${percent(last.median)}, the coverage ${wholePercent(last.coverage)}`;
  return (
    <section>
      <h2 class="heading">Median and coverage over evaluations</h2>
      <Chart summary={summary} lines={LINES} data={data} height={168} xLabel={short} yLabel={percent} />
    </section>
  );
}
