import type { Archive } from '../../protocol/archive/archive.js';
import { entriesOf } from '../../protocol/archive/entries.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { Entry, ModelPlace, Welcome } from '../../protocol/wire/messages.js';
import { quotaOf } from './quota.js';
import type { Registry } from './registry.js';

/** What a worker is told when it takes an island up: all that it needs to found it, or to go on with it. */
export function composeWelcome(
  island: number,
  run: {
    readonly spec: RunSpec;
    readonly model: ModelPlace;
    readonly registry: Registry;
    readonly archive: Archive;
    readonly neighbours: readonly number[];
  },
): Welcome {
  const { spec, model, registry, archive, neighbours } = run;
  const checkpoint = registry.get(island)?.checkpoint;
  return {
    island,
    spec: JSON.stringify(spec),
    modelDigest: spec.modelDigest,
    model,
    evaluationQuota: quotaOf(spec.budget.evaluations, spec.islands, island),
    costQuota: quotaOf(spec.budget.cost, spec.islands, island),
    neighbours,
    ...(checkpoint && { checkpoint }),
    elites: elitesFor(island, checkpoint !== undefined, spec, archive),
    suspects: registry.suspects,
  };
}

/**
 * What an island goes on from. Several that trade: the archive of all, from the first moment. One alone, and several that
 * do not trade: what was born there, as of its checkpoint, with which it is stored; one that has none yet is founded
 * anew, and what was stored of it before comes again.
 */
function elitesFor(island: number, founded: boolean, spec: RunSpec, archive: Archive): Entry[] {
  const elites = [...archive.elites()];
  if (spec.islands > 1 && spec.migration.topology !== 'none') return entriesOf(elites);
  return founded ? entriesOf(elites.filter(({ candidate }) => candidate.island === island)) : [];
}
