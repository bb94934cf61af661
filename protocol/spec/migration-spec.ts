import { z } from 'zod';
import { isTopology, TOPOLOGIES, type Topology } from './topology.js';

/** Migration, in pagmo's words: which islands send which of their elites to which others, how often, and what becomes of them. */

/** How many elites a sending takes: a number, or a percentage of the island's filled cells. */
export type MigrationRate = number | `${number}%`;

function isMigrationRate(value: unknown): value is MigrationRate {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1;
  if (typeof value !== 'string' || !/^\d{1,3}(\.\d{1,6})?%$/.test(value)) return false;
  const percent = Number.parseFloat(value);
  return percent > 0 && percent <= 100;
}

/** The most elites that one sending of an island with `filled` cells takes; at least one. */
export function eliteCount(rate: MigrationRate, filled: number): number {
  if (typeof rate === 'number') return rate;
  return Math.max(1, Math.ceil((Number.parseFloat(rate) / 100) * filled));
}

/** Every key; a person may leave any of them out. */
export const migrationSchema = z.strictObject({
  topology: z.custom<Topology>(
    (value) => typeof value === 'string' && isTopology(value),
    `must be ${TOPOLOGIES}`,
  ),
  /** `broadcast`: a sending goes to every neighbour. `p2p`: to one of them, drawn. */
  type: z.enum(['p2p', 'broadcast']),
  /** Evaluations of an island between two sendings. */
  interval: z.int().min(1),
  rate: z.custom<MigrationRate>(isMigrationRate, 'must be a whole number from 1, or a percentage up to 100%'),
  /** Which elites go first, of those that wait. */
  selection: z.enum(['best', 'random', 'newest']),
  /**
   * `if-better`: a migrant that loses its cell is forgotten. `always-into-worse`: it still breeds, in the place of a
   * worse elite (worker/island/guests.ts).
   */
  replacement: z.enum(['if-better', 'always-into-worse']),
});

/** The migration of a run. Runs of an earlier Atoll lack most keys; the defaults here are how they behaved. */
export const fullMigrationSchema = migrationSchema.extend({
  type: migrationSchema.shape.type.default('broadcast'),
  rate: migrationSchema.shape.rate.default('100%'),
  selection: migrationSchema.shape.selection.default('newest'),
  replacement: migrationSchema.shape.replacement.default('if-better'),
});

export type MigrationSpec = z.infer<typeof fullMigrationSchema>;
