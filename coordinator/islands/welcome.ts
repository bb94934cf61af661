import type { Archive } from '../../protocol/archive/archive.js';
import { entriesOf } from '../../protocol/archive/entries.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { Entry, ModelPlace, Welcome } from '../../protocol/wire/messages.js';
import { quotaOf } from './quota.js';
import type { Registry } from './registry.js';

/** The welcome of a worker that gets an island: all that it needs to found it, or to go on with it. */
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
 * The elites that an island starts with. Islands that trade get the archive of the run. A single island, and islands that
 * do not trade, get the elites that were born there, as of their checkpoint. An island without a checkpoint starts again
 * from nothing, and finds again what was stored of it.
 */
function elitesFor(island: number, founded: boolean, spec: RunSpec, archive: Archive): Entry[] {
  const elites = [...archive.elites()];
  if (spec.islands > 1 && spec.migration.topology !== 'none') return entriesOf(elites);
  return founded ? entriesOf(elites.filter(({ candidate }) => candidate.island === island)) : [];
}
