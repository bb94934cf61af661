import { useEffect, useRef, useState } from 'preact/hooks';
import { count, percent } from '../format.js';
import { Picture } from '../parts/picture.js';
import { useAnswer } from '../parts/use-answer.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';
import type { Ancestor, Lineage as LineageAnswer } from '../views.js';
import { shownSteps, stepsOf } from './steps.js';

/** Where an image comes from: its ancestors, each with the class that it held when it became a parent. */
export function Lineage(props: { store: Store; run: Run; classId: number; version: string }) {
  const { store, run, classId, version } = props;
  const { value, problem } = useAnswer<LineageAnswer>(run, `/elites/${classId}/lineage`, version);
  const [switchesOnly, setSwitchesOnly] = useState(false);
  const row = useRef<HTMLOListElement>(null);
  useEffect(() => {
    // The elite is at the end.
    if (row.current !== null) row.current.scrollLeft = row.current.scrollWidth;
  }, [value, switchesOnly]);
  const steps = stepsOf(value?.ancestors ?? []);
  const switches = steps.filter((each) => each.switches).length;
  const shown = shownSteps(steps, switchesOnly);
  const gone = steps.filter(({ ancestor }) => ancestor.kept === 'digest').length;
  const omitted = value?.omitted ?? 0;
  return (
    <section class="lineage">
      <div class="section-head">
        <h2 class="heading">Lineage</h2>
        {steps.length > 0 && (
          <p class="quiet small">
            {count(steps.length)} {steps.length === 1 ? 'generation' : 'generations'}, {count(switches)} goal{' '}
            {switches === 1 ? 'switch' : 'switches'}
            {omitted > 0 && `; ${count(omitted)} ancestors are left out`}
            {gone > 0 && `; of ${count(gone)} no image is kept`}
          </p>
        )}
        <span class="spring" />
        {switches > 0 && (
          <label class="check">
            <input
              type="checkbox"
              checked={switchesOnly}
              onChange={({ currentTarget }) => setSwitchesOnly(currentTarget.checked)}
            />
            <span>Goal switches only</span>
          </label>
        )}
      </div>
      {problem !== undefined && <p class="quiet small">{problem}</p>}
      {shown.length > 0 && (
        <ol class="ancestors" ref={row} aria-label="Ancestors, from a random image to this one">
          {shown.map(({ ancestor, switches }, i) => (
            <li key={`${ancestor.digest} ${ancestor.classId}`} data-switch={switches}>
              <a href={store.link({ classId: ancestor.classId })}>
                <Forebear run={run} ancestor={ancestor} />
                {switches && <span class="switch ancestor-switch">goal switch</span>}
                <span class="ancestor-label">{ancestor.label}</span>
                <span class="quiet ancestor-number">
                  {ancestor.confidence === null ? 'on its island' : percent(ancestor.confidence)}
                  {i === 0 && omitted === 0 && ', random'}
                </span>
              </a>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Forebear({ run, ancestor }: { run: Run; ancestor: Ancestor }) {
  const alt = `Ancestor that held ${ancestor.label}`;
  if (ancestor.kept !== 'digest') return <Picture artist={run.artist} subject={ancestor} alt={alt} lazy />;
  return (
    <span class="picture missing">
      <span class="quiet not-kept">not kept</span>
    </span>
  );
}
