import type { Archive } from '../../protocol/archive/archive.js';
import { summarise } from '../../protocol/archive/summary.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { CoordinatorLink } from '../../protocol/transport/transport.js';
import type { Oversight } from '../audit/oversight.js';
import type { Committer } from '../intake/committer.js';
import type { Registry } from '../islands/registry.js';
import type { StoredEvent } from '../store/store.js';
import { budgetReached, type EndReason } from './budget.js';
import type { Life } from './life.js';
import type { Stopwatch } from './stopwatch.js';

/** Decides when a run ends, and knows when it has. */
export interface Ending {
  /** Tells all islands to store what they have and to stop. */
  end(reason: EndReason): void;
  /** Ends the run when a limit of its budget is reached. */
  checkBudget(): void;
  /** Whether all islands are gone: the run has ended when what they sent is stored. */
  checkDone(): void;
}

export function createEnding(parts: {
  readonly spec: RunSpec;
  readonly life: Life;
  readonly archive: Archive;
  readonly registry: Registry;
  readonly oversight: Pick<Oversight, 'onlySuspectsAreLeft'>;
  readonly committer: Pick<Committer, 'commit'>;
  readonly link: Pick<CoordinatorLink, 'command'>;
  readonly watch: Stopwatch;
  readonly note: (kind: string, detail: StoredEvent['detail']) => void;
}): Ending {
  const { spec, life, archive, registry, oversight, committer, link, watch, note } = parts;

  function end(reason: EndReason): void {
    if (!life.take({ type: 'end', reason })) return;
    note('ending', { reason });
    link.command('all', { type: 'stop' });
    checkDone();
  }

  function checkDone(): void {
    if (!life.active) return;
    if (life.open && oversight.onlySuspectsAreLeft()) end('quota');
    const allGone = registry.count('done', 'failed') === spec.islands;
    if (!allGone && (life.open || registry.count('joining', 'live') > 0)) return;
    committer.commit();
    life.take({ type: 'all-gone' });
  }

  return {
    end,
    checkDone,
    checkBudget() {
      const reached = budgetReached(spec.budget, {
        evaluations: registry.accounted,
        cost: registry.accountedCost,
        minutes: watch.elapsed() / 60_000,
        median: () => summarise(archive.confidences, archive.filled).median,
      });
      if (reached) end(reached);
    },
  };
}
