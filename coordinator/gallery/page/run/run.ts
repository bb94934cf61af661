import { type Signal, signal } from '@preact/signals';
import { askJson } from '../api.js';
import type { Pool } from '../drawing/pool.js';
import type { ArchiveElite, CurvePoint, Island, RunFacts, RunListing } from '../views.js';
import { rankLabels } from '../wall/order.js';
import { type Artist, createArtist } from './artist.js';
import { type Cell, type Cells, createCells } from './cells.js';
import { followRun } from './follow-run.js';
import { createGenomes, type Genomes } from './genomes.js';
import { createPast } from './past.js';
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
  const past = createPast(base);
  const status = signal(statusOf(facts, []));
  const reach = signal<Reach>({ type: live ? 'opening' : 'stored' });
  const following = live ? followRun(base, { run: facts.run, cells, status, reach, past }, ports) : undefined;
  if (!live) {
    void past.load();
    status.value = statusOf(facts, await readStored(base, cells));
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
    curve: past.curve,
    close: () => following?.close(),
  };
}

/** `/api/islands` has an island's evaluations among its totals. */
interface StoredIsland extends Omit<Island, 'evaluations'> {
  readonly totals: { readonly evaluations: number };
}

/** Puts what a finished run holds into the cells; returns its islands. */
async function readStored(base: string, cells: Cells): Promise<Island[]> {
  const [{ elites }, { islands }] = await Promise.all([
    askJson<{ readonly elites: readonly ArchiveElite[] }>(`${base}/api/archive`),
    askJson<{ readonly islands: readonly StoredIsland[] }>(`${base}/api/islands`),
  ]);
  cells.put(elites.map(cellOf));
  return islands.map(({ totals, ...island }) => ({ ...island, evaluations: totals.evaluations }));
}

function cellOf({ islandEvaluation, changed = 0, ...elite }: ArchiveElite): Cell {
  return { ...elite, evaluation: islandEvaluation, changed };
}
