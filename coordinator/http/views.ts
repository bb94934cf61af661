import { z } from 'zod';
import { THRESHOLDS } from '../../protocol/archive/summary.js';
import { ISLAND_STATES, RUN_STATES } from '../../protocol/base/states.js';
import { EMITTER_NAMES } from '../../protocol/spec/emitter-names.js';
import { mapCounters } from '../../protocol/wire/totals.js';
import { AUDIT_OUTCOMES } from '../audit/audits.js';

/**
 * What the API tells, in the shapes that both ends share. Times are milliseconds since 1970. What a coordinator of
 * another version says beyond it is passed over.
 */

const count = z.number();

const totalsSchema = z.object(mapCounters(() => count));

const stateSchema = z.enum(RUN_STATES);

/** `GET /api/run` */
export const runViewSchema = z.object({
  run: z.string(),
  state: stateSchema,
  /** The whole spec; what is named here is what its readers need. */
  spec: z.looseObject({
    model: z.string(),
    encoding: z.string(),
    classes: count,
    islands: count,
    evolution: z.looseObject({ emitters: z.array(z.enum(EMITTER_NAMES)) }),
    budget: z.looseObject({ evaluations: count, cost: count, minutes: count }),
  }),
  /** The network's input; absent where its model cannot be read. */
  input: z.object({ width: count, height: count, channels: z.string() }).optional(),
  /** What the network gives natural images, in a sentence; absent where `atoll calibrate` has not measured it. */
  natural: z.string().optional(),
  created: count,
  versions: z.object({ atoll: z.string(), node: z.string(), engine: z.string() }),
  /** Seconds since this coordinator started, pauses left out. */
  seconds: count,
  evaluationsPerSecond: count,
  filled: count,
  coverage: count,
  median: count,
  mean: count,
  qdScore: count,
  above: z.record(z.enum(THRESHOLDS), count),
  totals: totalsSchema,
  /** Elites that came to islands from others since this coordinator started, and the cells that they won there. */
  migrants: z.object({ moved: count, won: count }),
  /** How many islands are in each state. */
  islands: z.record(z.enum(ISLAND_STATES), count),
  /** What was refused at the boundary, by reason. */
  refused: z.record(z.string(), count),
  /** Audits since this coordinator started, by outcome. */
  audits: z.record(z.enum(AUDIT_OUTCOMES), count),
});
export type RunView = z.infer<typeof runViewSchema>;

const islandViewSchema = z.object({
  number: count,
  worker: z.string(),
  device: z.string(),
  state: z.enum(ISLAND_STATES),
  error: z.string(),
  /** An audit found that what it sends does not hold: nothing is taken from it. */
  suspect: z.boolean(),
  totals: totalsSchema,
  evaluationsPerSecond: count,
  /** null: not since the coordinator started. */
  secondsSinceHeard: count.nullable(),
});
export type IslandView = z.infer<typeof islandViewSchema>;

/** `GET /api/islands` */
export const islandsViewSchema = z.object({ islands: z.array(islandViewSchema) });
export type IslandsView = z.infer<typeof islandsViewSchema>;

/** What `POST /api/pause`, `resume` and `stop` answer. */
export const controlViewSchema = z.object({ run: z.string(), state: stateSchema });
export type ControlView = z.infer<typeof controlViewSchema>;

/** What `POST /api/islands/N/trust` answers. */
export const trustViewSchema = z.object({ run: z.string(), island: count, suspect: z.boolean() });
export type TrustView = z.infer<typeof trustViewSchema>;
