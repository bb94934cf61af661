import type { WorkerReport } from './worker-report.js';

/** What `atoll worker` and its child processes, one an island, say to each other over their pipes. */

/** Given to a child when it is started, as JSON: nothing in it is secret. */
export interface ChildOrder {
  readonly nats: string;
  readonly run: string;
  readonly natsCreds?: string;
  /** Seconds. */
  readonly patience: number;
  readonly name: string;
  readonly device?: string;
  /** Whether its reports are wanted. */
  readonly watched: boolean;
}

/** Which island of several. */
export type Place = Pick<ChildOrder, 'name' | 'device'>;

/** From a child. */
export type ChildWord =
  | { readonly type: 'evolving'; readonly island: number }
  | { readonly type: 'report'; readonly report: WorkerReport }
  /** Its last word: why it ends. */
  | { readonly type: 'failed'; readonly sentence: string };

/** From the parent: go, in order. When the parent dies, its silence says the same. */
export const LEAVE = 'leave';
