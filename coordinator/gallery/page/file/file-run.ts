import { signal } from '@preact/signals';
import type { EliteFacts } from '../../../../protocol/wire/elite-facts.js';
import type { WallFile, WallFileElite } from '../../../../protocol/wire/wall-file.js';
import { ApiError } from '../api.js';
import type { Pool } from '../drawing/pool.js';
import { createArtist } from '../run/artist.js';
import { type Cell, createCells } from '../run/cells.js';
import type { Genomes } from '../run/genomes.js';
import type { Reach } from '../run/reach.js';
import type { Run } from '../run/run.js';
import { statusOf } from '../run/status.js';
import type { RunFacts } from '../views.js';
import { rankLabels } from '../wall/order.js';
import { bytesOf } from './read-wall-file.js';

const NOT_HERE = new ApiError(
  404,
  'An exported wall does not hold that. The run from which it was exported does.',
);

/** The run of an exported wall, at the moment when it was exported. */
export function openFileRun(file: WallFile, pool: Pool): Run {
  const { run: name, labels, elites, miniatureSide } = file;
  const facts = factsOf(file);
  const cells = createCells(facts.spec.classes);
  cells.put(elites.map(cellOf));
  const genomes: Genomes = { get: () => Promise.reject(NOT_HERE) };
  const byClass = new Map(elites.map((elite) => [elite.classId, elite]));
  return {
    base: '',
    name,
    source: 'file',
    facts,
    labels,
    ranks: rankLabels(labels),
    cells,
    genomes,
    artist: createArtist('', facts.spec, genomes, pool),
    status: signal(statusOf(facts, file.islands)),
    reach: signal<Reach>({ type: 'exported', time: file.exported }),
    curve: signal(file.curve),
    kept: miniatureSide === undefined ? 'genome' : 'miniature',
    miniatureSide: miniatureSide ?? facts.spec.canvas,
    ask<T>(path: string) {
      const elite = byClass.get(Number(/^\/elites\/(\d+)$/.exec(path)?.[1] ?? -1));
      // Of the shape that the same path of a server has.
      return elite === undefined ? Promise.reject(NOT_HERE) : Promise.resolve(eliteFacts(elite, file) as T);
    },
    close() {},
  };
}

function factsOf({ run, spec, input, totals }: WallFile): RunFacts {
  return { run, state: 'ended', spec, input, seconds: 0, evaluationsPerSecond: 0, totals };
}

function cellOf({ classId, confidence, digest, island, changed, ...elite }: WallFileElite): Cell {
  const genome = bytesOf(elite.genome);
  return { classId, confidence, digest, island, changed, evaluation: elite.islandEvaluation, genome };
}

function eliteFacts({ changed, genome: _, ...elite }: WallFileElite, { labels, spec }: WallFile): EliteFacts {
  const time = new Date(changed).toISOString();
  return { ...elite, time, label: labels[elite.classId] ?? '', encoding: spec.encoding };
}
