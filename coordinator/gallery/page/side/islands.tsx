import { short } from '../format.js';
import type { Run } from '../run/run.js';
import type { Island } from '../views.js';

/** Who evolves, on what, and how fast. */
export function Islands({ run }: { run: Run }) {
  const { islands } = run.status.value;
  const most = Math.max(1, ...islands.map(({ evaluationsPerSecond }) => evaluationsPerSecond));
  return (
    <section>
      <h2 class="heading">Islands</h2>
      {islands.length === 0 ? (
        <p class="quiet small">
          {run.source === 'coordinator' ? 'None has joined yet.' : 'None is told of.'}
        </p>
      ) : (
        <table class="islands">
          <thead class="hidden">
            <tr>
              <th scope="col">Island</th>
              <th scope="col">Device</th>
              <th scope="col">State</th>
              <th scope="col">Evaluations a second</th>
            </tr>
          </thead>
          <tbody>
            {islands.map((island) => (
              <Row key={island.number} island={island} most={most} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ island, most }: { island: Island; most: number }) {
  const { number, worker, device, state, evaluationsPerSecond } = island;
  return (
    <tr title={`${worker}, ${short(island.evaluations)} evaluations`}>
      <th scope="row">{number}</th>
      <td class="device">{device || '–'}</td>
      <td class="island-state" data-state={state}>
        {state}
      </td>
      <td class="rate">
        <span
          class="rate-bar"
          style={{ width: `${(42 * evaluationsPerSecond) / most}%` }}
          aria-hidden="true"
        />
        {short(evaluationsPerSecond)}
        <span class="quiet">/s</span>
      </td>
    </tr>
  );
}
