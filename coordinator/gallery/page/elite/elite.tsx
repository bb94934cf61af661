import { useEffect, useRef, useState } from 'preact/hooks';
import type { EliteFacts } from '../../../../protocol/wire/elite-facts.js';
import { count, percent } from '../format.js';
import { GenomeGraph } from '../graph/genome-graph.js';
import { Beliefs } from '../parts/beliefs.js';
import { Icon } from '../parts/icons.js';
import { useAnswer } from '../parts/use-answer.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';
import type { History as HistoryAnswer, Opinion } from '../views.js';
import { Downloads } from './downloads.js';
import { Facts } from './facts.js';
import { History } from './history.js';
import { Lineage } from './lineage.js';
import { Stage } from './stage.js';
import { useSteadyDigest } from './steady-digest.js';

/** One class: its elite, what the network saw of it, and how it came about. */
export function Elite({ store, run, classId }: { store: Store; run: Run; classId: number }) {
  const title = useRef<HTMLHeadingElement>(null);
  const label = run.labels[classId];
  useEffect(() => {
    title.current?.focus({ preventScroll: true });
    document.title = `${label ?? classId} – Atoll`;
    return () => {
      document.title = 'Atoll';
    };
  }, []);
  const beside = store.beside.value;
  return (
    <article class="elite" aria-labelledby="elite-title">
      <nav class="elite-nav" aria-label="Classes">
        <a
          class="button"
          href={store.link({ classId: undefined, beside: undefined })}
          aria-keyshortcuts="Escape"
        >
          <Icon name="back" />
          The wall
        </a>
        <Neighbours store={store} run={run} classId={classId} />
        <span class="spring" />
        <Beside store={store} run={run} />
      </nav>
      <header class="elite-title">
        <h1 id="elite-title" ref={title} tabIndex={-1}>
          {label ?? 'No such class'}
        </h1>
        <p class="quiet">
          class {classId}
          {beside !== undefined && `, in ${run.name} and in ${beside.name}`}
        </p>
      </header>
      {label === undefined ? (
        <p class="quiet">This run has {count(run.cells.classes)} classes, from 0 on.</p>
      ) : beside === undefined ? (
        <Whole store={store} run={run} classId={classId} />
      ) : (
        <div class="compared">
          <Half store={store} run={run} classId={classId} />
          <Half store={store} run={beside} classId={classId} />
        </div>
      )}
    </article>
  );
}

/** The classes before and after, by label. */
function Neighbours({ store, run, classId }: { store: Store; run: Run; classId: number }) {
  const rank = run.ranks[classId] ?? 0;
  const at = (place: number) => run.ranks.indexOf(place);
  const [before, after] = [at(rank - 1), at(rank + 1)];
  return (
    <span class="neighbours">
      {before >= 0 && (
        <a
          class="button bare"
          href={store.link({ classId: before })}
          aria-label={`Before: ${run.labels[before]}`}
        >
          <Icon name="back" />
          <span class="word">{run.labels[before]}</span>
        </a>
      )}
      {after >= 0 && (
        <a
          class="button bare after"
          href={store.link({ classId: after })}
          aria-label={`Next: ${run.labels[after]}`}
        >
          <span class="word">{run.labels[after]}</span>
          <Icon name="back" />
        </a>
      )}
    </span>
  );
}

/** Which other run to compare with. */
function Beside({ store, run }: { store: Store; run: Run }) {
  const others = store.listings.value.filter(({ base }) => base !== run.base);
  if (others.length === 0) return null;
  return (
    <label class="beside">
      <span>Compare with</span>
      <select
        class="field"
        value={store.place.value.beside ?? ''}
        onChange={({ currentTarget }) => store.go({ beside: currentTarget.value || undefined })}
      >
        <option value="">no other run</option>
        {others.map(({ base, name }) => (
          <option key={base} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What is on show of a class: its elite, or an image that held it before. */
function useShown(run: Run, classId: number) {
  run.cells.version.value;
  const now = run.cells.get(classId);
  const version = useSteadyDigest(now?.digest ?? '');
  // A class that improves every second is shown calmly: all that is told of it changes at the same time.
  const held = useRef(now);
  if (now?.digest === version || held.current === undefined) held.current = now;
  const cell = held.current;
  const history = useAnswer<HistoryAnswer>(run, `/elites/${classId}/history`, version);
  const jumps = history.value?.jumps ?? [];
  const [chosen, choose] = useState<number | undefined>(undefined);
  const last = jumps.length - 1;
  const jump = chosen === undefined || chosen >= last ? undefined : jumps[chosen];
  const shown =
    jump === undefined
      ? cell && {
          digest: cell.digest,
          confidence: cell.confidence,
          kept: run.kept,
          ...(cell.genome && { genome: cell.genome }),
        }
      : { digest: jump.digest, confidence: jump.confidence, kept: jump.kept };
  return {
    cell,
    version,
    history,
    shown,
    current: jump === undefined,
    at: chosen ?? Math.max(0, last),
    choose: (index: number) => choose(index >= last ? undefined : index),
  };
}

const EMPTY = 'No image holds this class yet. The page shows the first as soon as it is found.';

function Whole({ store, run, classId }: { store: Store; run: Run; classId: number }) {
  const { cell, version, history, shown, current, at, choose } = useShown(run, classId);
  const facts = useAnswer<EliteFacts>(run, `/elites/${classId}`, version);
  const told = run.source !== 'file';
  if (cell === undefined || shown === undefined) return <p class="quiet">{EMPTY}</p>;
  return (
    <>
      <div class="stage-and-facts">
        <Stage run={run} classId={classId} shown={shown}>
          <Confidence confidence={shown.confidence} current={current} />
          {current && told && <Best store={store} run={run} classId={classId} version={version} />}
        </Stage>
        <div class="told">
          <Facts facts={facts} run={run} />
          <Downloads run={run} classId={classId} shown={shown} />
        </div>
      </div>
      {told && <History answer={history} at={at} onChoose={choose} />}
      {told && <Lineage store={store} run={run} classId={classId} version={version} />}
      <GenomeGraph run={run} classId={classId} shown={shown} />
    </>
  );
}

function Half({ store, run, classId }: { store: Store; run: Run; classId: number }) {
  const { shown, version, history, current, at, choose } = useShown(run, classId);
  return (
    <section class="half" aria-label={run.name}>
      <h2>{run.name}</h2>
      {shown === undefined ? (
        <p class="quiet">{EMPTY}</p>
      ) : (
        <>
          <Stage run={run} classId={classId} shown={shown}>
            <Confidence confidence={shown.confidence} current={current} />
            {current && <Best store={store} run={run} classId={classId} version={version} />}
          </Stage>
          <History answer={history} at={at} onChoose={choose} />
        </>
      )}
    </section>
  );
}

function Confidence({ confidence, current }: { confidence: number; current: boolean }) {
  return (
    <p class="confidence">
      <b>{percent(confidence)}</b>
      <span class="quiet">
        {current ? 'is how sure the network is' : 'was how sure the network was of this image'}
      </span>
    </p>
  );
}

/** What the network says of this very image. */
function Best(props: { store: Store; run: Run; classId: number; version: string }) {
  const path = `/elites/${props.classId}/opinion`;
  const { value, problem } = useAnswer<Opinion>(props.run, path, props.version);
  return (
    <section>
      <h2 class="heading">The network's five best classes</h2>
      {value !== undefined && <Beliefs store={props.store} best={value.best} own={props.classId} />}
      {problem !== undefined && <p class="quiet small">{problem}</p>}
      {value === undefined && problem === undefined && <p class="quiet small">It is looking…</p>}
    </section>
  );
}
