import type { ArchiveSummary } from '../../protocol/archive/summary.js';
import type { Totals } from '../../protocol/wire/totals.js';
import type { AuditCounts } from '../audit/audits.js';
import type { Refusal } from '../intake/intake.js';
import type { Merger } from '../intake/merger.js';
import type { IslandInfo } from '../islands/registry.js';
import type { EndReason } from './budget.js';

/** How a run stands. */
export interface RunSummary extends ArchiveSummary {
  readonly filled: number;
  /** The maximum that each island has reported, added up. */
  readonly totals: Totals;
  /** Seconds since this coordinator started, pauses left out. */
  readonly seconds: number;
  /** Elites that came to islands from others since this coordinator started, and the cells they won there. */
  readonly migrants: Merger['migrants'];
  readonly refused: ReadonlyMap<Refusal, number>;
  /** Since this coordinator started. */
  readonly audits: AuditCounts;
}

/** How a run ended. */
export interface RunEnd {
  readonly reason: EndReason;
  /** Islands that ended with an error. */
  readonly failures: readonly IslandInfo[];
}
