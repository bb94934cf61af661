import type { Archive } from '../protocol/archive/archive.js';
import { entriesOf } from '../protocol/archive/entries.js';
import type { RunSpec } from '../protocol/run-spec.js';
import type { Entry, Welcome } from '../protocol/wire/messages.js';
import { evaluationQuota } from './quota.js';
import type { Registry } from './registry.js';
import { neighboursOf } from './topology.js';

/** What a worker is told when it takes an island up: all that it needs to found it, or to go on with it. */
export function composeWelcome(
  island: number,
  run: {
    readonly spec: RunSpec;
    readonly modelDirectory: string;
    readonly registry: Registry;
    readonly archive: Archive;
  },
): Welcome {
  const { spec, modelDirectory, registry, archive } = run;
  const checkpoint = registry.get(island)?.checkpoint;
  return {
    island,
    spec: JSON.stringify(spec),
    modelDigest: spec.modelDigest,
    modelDirectory,
    evaluationQuota: evaluationQuota(spec.budget.evaluations, spec.islands, island),
    neighbours: neighboursOf(spec.migration.topology, spec.seed, registry.members(), island),
    ...(checkpoint && { checkpoint }),
    elites: checkpoint ? elitesFor(island, spec, archive) : [],
  };
}

/**
 * What an island goes on from. One island: exactly its archive at its checkpoint, since both are stored together.
 * Several that trade: the archive of all. Several that do not: what was born there, so that they stay apart.
 */
function elitesFor(island: number, spec: RunSpec, archive: Archive): Entry[] {
  const apart = spec.islands > 1 && spec.migration.topology === 'none';
  return entriesOf([...archive.elites()].filter(({ candidate }) => !apart || candidate.island === island));
}
