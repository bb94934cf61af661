import { ORDERS, type Order } from '../address.js';
import { count } from '../format.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';
import { LARGEST_TILE, SMALLEST_TILE } from './layout.js';
import { choose } from './order.js';
import type { Tiling } from './tiling.js';

const NAMES: Readonly<Record<Order, string>> = {
  label: 'Label',
  confidence: 'Confidence',
  newest: 'Newest',
  island: 'Island',
};

const LEASTS = [0, 0.5, 0.9, 0.99, 0.999] as const;

/** What the wall shows: order, filter, size. */
export function Toolbar({ store, run, tiling }: { store: Store; run: Run; tiling: Tiling }) {
  const { find, above } = store.place.value;
  // As many as fit now.
  run.cells.version.value;
  const shown = choose(run.cells, run.labels, run.ranks, { order: 'label', find, above }).length;
  return (
    <search class="toolbar" aria-label="The wall">
      <label class="find">
        <span class="hidden">Filter by label</span>
        <input
          class="field"
          type="search"
          placeholder="Filter labels"
          aria-keyshortcuts="/"
          value={find}
          onInput={({ currentTarget }) => store.go({ find: currentTarget.value }, true)}
        />
      </label>
      <Choices store={store} />
      <Size tiling={tiling} />
      <output class="quiet shown">
        {shown === run.cells.classes
          ? `${count(shown)} classes`
          : `${count(shown)} of ${count(run.cells.classes)}`}
      </output>
    </search>
  );
}

function Choices({ store }: { store: Store }) {
  const { order, above } = store.place.value;
  return (
    <>
      <label>
        <span>At least</span>
        <select
          class="field"
          value={`${above}`}
          onChange={({ currentTarget }) => store.go({ above: Number(currentTarget.value) }, true)}
        >
          {[...new Set([...LEASTS, above])].map((least) => (
            <option key={least} value={`${least}`}>
              {least === 0 ? 'all' : `${least}`.replace(/^0/, '')}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Sort by</span>
        <select
          class="field"
          value={order}
          onChange={({ currentTarget }) => store.go({ order: currentTarget.value as Order }, true)}
        >
          {ORDERS.map((each) => (
            <option key={each} value={each}>
              {NAMES[each]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** The steps of the slider are of equal proportion. */
function Size({ tiling }: { tiling: Tiling }) {
  const size = tiling.chosen.value ?? tiling.fitted.value;
  return (
    <>
      <label class="size">
        <span>Size</span>
        <input
          type="range"
          min={Math.log(SMALLEST_TILE)}
          max={Math.log(LARGEST_TILE)}
          step="0.01"
          value={Math.log(size)}
          aria-valuetext={`${Math.round(size)} pixels`}
          onInput={({ currentTarget }) => {
            tiling.chosen.value = Math.exp(Number(currentTarget.value));
          }}
        />
      </label>
      {tiling.chosen.value !== undefined && (
        <button
          class="button bare"
          type="button"
          onClick={() => {
            tiling.chosen.value = undefined;
          }}
        >
          Fit
        </button>
      )}
    </>
  );
}
