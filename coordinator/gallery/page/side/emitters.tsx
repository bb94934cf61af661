import { nearestPercent, short } from '../format.js';
import { paidShares } from '../run/paid-shares.js';
import type { Run } from '../run/run.js';

/** What each of several emitters made of its share; one alone has all of it, which is nothing to look at. */
export function Emitters({ run }: { run: Run }) {
  const emitters = paidShares(run.status.value.emitters);
  if (emitters.length < 2) return null;
  const most = Math.max(Number.MIN_VALUE, ...emitters.map(({ pay }) => pay));
  return (
    <section>
      <h2 class="heading">Emitters</h2>
      <table class="islands">
        <thead>
          <tr class="quiet small">
            <th scope="col">Emitter</th>
            <td>share of passes</td>
            <td class="rate" title="Gain in log-odds over all classes, for 1,000 forward passes">
              gain per 1,000
            </td>
          </tr>
        </thead>
        <tbody>
          {emitters.map(({ name, evaluations, cost, share, pay }) => (
            <tr key={name} title={`${short(evaluations)} evaluations, ${short(cost)} forward passes`}>
              <th scope="row">{name}</th>
              <td>{nearestPercent(share)}</td>
              <td class="rate">
                <span class="rate-bar" style={{ width: `${(42 * pay) / most}%` }} aria-hidden="true" />
                {short(pay)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
