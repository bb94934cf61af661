import { percent } from '../format.js';
import type { Store } from '../store.js';
import type { Believed } from '../views.js';

/** What a network believes of a picture: its best classes, each a way to that class's elite. */
export function Beliefs({ store, best, own }: { store: Store; best: readonly Believed[]; own?: number }) {
  return (
    <ol class="beliefs">
      {best.map(({ classId, label, confidence }) => (
        <li key={classId} data-own={classId === own}>
          <a href={store.link({ classId })}>
            <span class="belief-label">{classId === own ? <b>{label}</b> : label}</span>
            <span class="belief-bar" aria-hidden="true">
              <span style={{ width: `${100 * confidence}%` }} />
            </span>
            <span class="belief-number">{percent(confidence)}</span>
          </a>
        </li>
      ))}
    </ol>
  );
}
