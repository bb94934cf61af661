import { generationOf } from '../../../../protocol/spec/generation.js';
import type { EliteFacts } from '../../../../protocol/wire/elite-facts.js';
import { count } from '../format.js';
import type { Answer } from '../parts/use-answer.js';
import type { Run } from '../run/run.js';

/** Where an elite comes from. */
export function Facts({ facts, run }: { facts: Answer<EliteFacts>; run: Run }) {
  const { value, problem } = facts;
  if (problem !== undefined) return <p class="quiet small">{problem}</p>;
  if (value === undefined) return <dl class="facts waiting-facts" />;
  const { island, islandEvaluation, evaluation, time, nodes, connections, parentClass, goalSwitch, digest } =
    value;
  const parent =
    parentClass === null ? 'none: a random image' : (run.labels[parentClass] ?? `class ${parentClass}`);
  const generation = generationOf(islandEvaluation, run.facts.spec.evolution);
  return (
    <dl class="facts">
      <dt>Found</dt>
      <dd>
        <time dateTime={time}>
          {new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}
        </time>
      </dd>
      <dt>At evaluation</dt>
      <dd>{count(evaluation)}</dd>
      <dt>Island</dt>
      <dd>
        {island}, its evaluation {count(islandEvaluation)}
      </dd>
      <dt>Generation</dt>
      <dd>
        {count(generation)}
        {generation === 0 && ', the random images'}
      </dd>
      <dt>Parent held</dt>
      <dd>
        {parent}
        {goalSwitch && ' '}
        {goalSwitch && <span class="switch">goal switch</span>}
      </dd>
      {nodes !== null && (
        <>
          <dt>Graph</dt>
          <dd>
            {count(nodes)} nodes, {count(connections ?? 0)} connections
          </dd>
        </>
      )}
      <dt>Genome</dt>
      <dd class="digest" title={digest}>
        {digest.slice(0, 12)}
      </dd>
    </dl>
  );
}
