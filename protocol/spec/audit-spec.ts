import { z } from 'zod';

/**
 * Audits: while a run goes on, another island draws and scores a share of what each island sends. Where the confidences
 * differ, the island that sent them becomes suspect.
 */

/** Every key; a person may leave any of them out. */
export const auditSchema = z.strictObject({
  /** Share of the images that arrive, 0 … 1. */
  rate: z.number().min(0).max(1),
  /** Images that take a cell with a confidence of .99 or more are audited too: at most this number per minute. */
  elites: z.int().min(0).max(1_000_000),
  /** The largest difference in confidence that is accepted, 0 … 1; 0: what suits the devices of the two islands. */
  tolerance: z.number().min(0).max(1),
});

export type AuditSpec = z.infer<typeof auditSchema>;

/** Together about a fortieth of the evaluations of a run, and less when few images improve anything. */
export const AUDIT_DEFAULTS: AuditSpec = { rate: 0.02, elites: 60, tolerance: 0 };
