import { type Signal, signal } from '@preact/signals';
import type { LiveCell, LiveCells } from '../../../../protocol/wire/live.js';
import { askJson } from '../api.js';
import type { Pool } from '../drawing/pool.js';
import type { ArchiveElite, CurvePoint, Island, RunFacts, RunListing } from '../views.js';
import { rankLabels } from '../wall/order.js';
import { type Artist, createArtist } from './artist.js';
import { createBackOff } from './back-off.js';
import { type Cell, type Cells, createCells } from './cells.js';
import { extended } from './curve.js';
import { createGenomes, type Genomes } from './genomes.js';
import { follow } from './live.js';
import type { Reach } from './reach.js';
import { type Status, statusOf } from './status.js';

/** One run, as the page follows it. */
export interface Run {
  readonly base: string;
  readonly name: string;
  readonly live: boolean;
  readonly facts: RunFacts;
  readonly labels: readonly string[];
  /** {@link rankLabels} of them. */
  readonly ranks: Uint32Array;
  readonly cells: Cells;
  readonly genomes: Genomes;
  readonly artist: Artist;
  readonly status: Signal<Status>;
  readonly reach: Signal<Reach>;
  readonly curve: Signal<readonly CurvePoint[]>;
  close(): void;
}

export interface RunPorts {
  readonly pool: Pool;
  /** Uniform in [0, 1). */
  readonly chance: () => number;
  /** The coordinator works at another run now. */
  readonly onReplaced: () => void;
}

/** Opens a run; rejects with an ApiError where it cannot be read. */
export async function openRun({ base, name, live }: RunListing, ports: RunPorts): Promise<Run> {
  const [facts, { labels }] = await Promise.all([
    askJson<RunFacts>(`${base}/api/run`),
    askJson<{ readonly labels: readonly string[] }>(`${base}/api/labels`),
  ]);
  const cells = createCells(facts.spec.classes);
  const genomes = createGenomes(base);
  const status = signal(statusOf(facts, []));
  const reach = signal<Reach>({ type: live ? 'opening' : 'stored' });
  const curve = signal<readonly CurvePoint[]>([]);

  async function loadCurve(): Promise<void> {
    const { points } = await askJson<{ readonly points: readonly CurvePoint[] }>(`${base}/api/curve`);
    curve.value = points;
  }

  /** What had been found before this page was opened; a page without it still shows the rest. */
  function loadPast(): void {
    void loadCurve().catch(() => undefined);
  }

  async function loadStored(): Promise<void> {
    const [{ elites }, { islands }] = await Promise.all([
      askJson<{ readonly elites: readonly ArchiveElite[] }>(`${base}/api/archive`),
      askJson<{ readonly islands: readonly StoredIsland[] }>(`${base}/api/islands`),
    ]);
    cells.put(elites.map(cellOfElite));
    status.value = statusOf(facts, islands.map(islandOf));
  }

  function followLive(): { close(): void } {
    const address = new URL(`${base}/api/live`, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.hash = '';
    let told: Set<number> | undefined = new Set();
    const onCells = ({ cells: changed, complete }: LiveCells) => {
      cells.put(changed.map(cellOfMessage), told === undefined ? performance.now() : undefined);
      if (told === undefined) return;
      for (const { classId } of changed) told.add(classId);
      if (!complete) return;
      cells.keepOnly(told);
      told = undefined;
    };
    return follow(
      address.href,
      {
        onOpen() {
          told = new Set();
          reach.value = { type: 'live' };
          loadPast();
        },
        onCells,
        onStatus(message) {
          if (message.run !== facts.run) {
            ports.onReplaced();
            return;
          }
          status.value = message;
          if (told !== undefined || curve.value.length === 0) return;
          const { coverage, median } = cells.summary();
          curve.value = extended(curve.value, { evaluation: message.evaluations, coverage, median });
        },
        onLost(wait) {
          reach.value = { type: 'lost', retryAt: Date.now() + wait };
        },
      },
      createBackOff(ports.chance),
    );
  }

  let following: { close(): void } | undefined;
  if (live) {
    following = followLive();
  } else {
    loadPast();
    await loadStored();
  }
  return {
    base,
    name,
    live,
    facts,
    labels,
    ranks: rankLabels(labels),
    cells,
    genomes,
    artist: createArtist(base, facts.spec, genomes, ports.pool),
    status,
    reach,
    curve,
    close: () => following?.close(),
  };
}

/** `/api/islands` has an island's evaluations among its totals. */
interface StoredIsland extends Omit<Island, 'evaluations'> {
  readonly totals: { readonly evaluations: number };
}

function islandOf({ totals, ...island }: StoredIsland): Island {
  return { ...island, evaluations: totals.evaluations };
}

function cellOfMessage({ genome, ...cell }: LiveCell): Cell {
  // Copied: the bytes are a view of a whole message, which would stay in memory with them.
  return genome === undefined ? cell : { ...cell, genome: genome.slice() };
}

function cellOfElite({ islandEvaluation, changed = 0, ...elite }: ArchiveElite): Cell {
  return { ...elite, evaluation: islandEvaluation, changed };
}
