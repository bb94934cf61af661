import type { Signal } from '@preact/signals';
import type { LiveCell, LiveCells } from '../../../../protocol/wire/live.js';
import { createBackOff } from './back-off.js';
import type { Cell, Cells } from './cells.js';
import { follow } from './live.js';
import type { Past } from './past.js';
import type { Reach } from './reach.js';
import type { Status } from './status.js';

/** What a live run's messages change. */
export interface Followed {
  /** Its name. */
  readonly run: string;
  readonly cells: Cells;
  readonly status: Signal<Status>;
  readonly reach: Signal<Reach>;
  readonly past: Past;
}

/** Follows a run over its WebSocket. `onReplaced`: the coordinator has another run now. */
export function followRun(
  base: string,
  { run, cells, status, reach, past }: Followed,
  ports: { readonly chance: () => number; readonly onReplaced: () => void },
): { close(): void } {
  /** Classes that were told of since the connection was made; undefined: all of them were. */
  let told: Set<number> | undefined = new Set();

  function onCells({ cells: changed, complete }: LiveCells): void {
    cells.put(changed.map(cellOf), told === undefined ? performance.now() : undefined);
    if (told === undefined) return;
    for (const { classId } of changed) told.add(classId);
    if (!complete) return;
    cells.keepOnly(told);
    told = undefined;
  }

  const followers = {
    onOpen() {
      told = new Set();
      reach.value = { type: 'live' };
      void past.load();
    },
    onCells,
    onStatus(message: Status) {
      if (message.run !== run) {
        ports.onReplaced();
        return;
      }
      status.value = message;
      if (told !== undefined) return;
      const { coverage, median } = cells.summary();
      past.add({ evaluation: message.evaluations, coverage, median });
    },
    onLost(wait: number) {
      reach.value = { type: 'lost', retryAt: Date.now() + wait };
    },
  };
  return follow(addressOf(base), followers, createBackOff(ports.chance));
}

function addressOf(base: string): string {
  const address = new URL(`${base}/api/live`, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return address.href;
}

function cellOf({ genome, ...cell }: LiveCell): Cell {
  // Copied: the bytes are a view of a whole message, which would stay in memory with them.
  return genome === undefined ? cell : { ...cell, genome: genome.slice() };
}
