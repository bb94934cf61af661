import { type Signal, signal } from '@preact/signals';
import { MINIATURE_SIDE } from '../../../../protocol/encodings/miniature.js';
import { askJson } from '../api.js';
import type { Pool } from '../drawing/pool.js';
import type { CurvePoint, Kept, RunFacts, RunListing } from '../views.js';
import { rankLabels } from '../wall/order.js';
import { type Artist, createArtist } from './artist.js';
import { type Cells, createCells } from './cells.js';
import { followRun } from './follow-run.js';
import { createGenomes, type Genomes } from './genomes.js';
import { createPast } from './past.js';
import type { Reach } from './reach.js';
import { type Status, statusOf } from './status.js';

/** One run, as the page follows it. */
export interface Run {
  readonly base: string;
  readonly name: string;
  /** A coordinator at work, a run's directory, or the exported file that the page is. */
  readonly source: 'coordinator' | 'directory' | 'file';
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
  /** What its cells hold, and pixels a side of the miniatures that it has where it has not the genome. */
  readonly kept: Kept;
  readonly miniatureSide: number;
  /** What is told of it at a path below `/api`. Rejects with an ApiError. */
  ask<T>(path: string, signal: AbortSignal): Promise<T>;
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
  const reach = signal<Reach>({ type: 'opening' });
  const following = followRun(base, { run: facts.run, cells, status, reach, past }, ports);
  return {
    base,
    name,
    source: live ? 'coordinator' : 'directory',
    facts,
    labels,
    ranks: rankLabels(labels),
    cells,
    genomes,
    artist: createArtist(base, facts.spec, genomes, ports.pool),
    status,
    reach,
    curve: past.curve,
    kept: 'genome',
    miniatureSide: Math.min(MINIATURE_SIDE, facts.spec.canvas),
    ask: (path, signal) => askJson(`${base}/api${path}`, { signal }),
    close: () => following.close(),
  };
}
