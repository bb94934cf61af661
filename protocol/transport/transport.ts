import type {
  Audit,
  Audited,
  Command,
  Farewell,
  Heartbeat,
  Improvements,
  Join,
  Migrants,
  Welcome,
} from '../wire/messages.js';

/**
 * How messages travel between a coordinator and its islands. Two ends, one conformance suite
 * (test/protocol/transport/conformance.ts). Everything is encoded and checked at the boundary: an end only ever
 * delivers well-formed messages of its own protocol version; the rest is counted by reason and dropped.
 */

/** A worker's end. One island a link. */
export interface IslandLink {
  /** Asks for an island. Rejects with a {@link BadInputError} when the coordinator refuses. */
  join(join: Join): Promise<Welcome>;
  /**
   * Resolves when the elites are stored for good, by the broker where there is one, else by the coordinator: only then
   * may the outbox forget them. Improvements of one link arrive in the order in which they were handed over.
   * Rejects with a {@link BadInputError} when they can never be stored, with any other error when the link has ended.
   */
  improve(improvements: Improvements): Promise<void>;
  /** Fire and forget. */
  beat(heartbeat: Heartbeat): void;
  /** To the neighbours that the message names; fire and forget. False when the link is busy and took nothing. */
  migrate(migrants: Migrants): boolean;
  /** Fire and forget. */
  audited(audited: Audited): void;
  /** Resolves when the coordinator has it, or is gone. */
  farewell(farewell: Farewell): Promise<void>;
  /**
   * The most that the entries of one message may take (see split.ts); absent: any number. Only a link whose broker
   * stores has a limit: a coordinator may wait for the end of a flush before it stores the beginning.
   */
  readonly maxBytes?: number;
  /** Messages that arrive; ends when the link is closed from either end. */
  readonly inbox: AsyncIterable<IslandEvent>;
  close(): Promise<void>;
}

export type IslandEvent =
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'migrants'; readonly migrants: Migrants }
  | { readonly type: 'audit'; readonly audit: Audit };

/** The coordinator's end, to all islands at once. */
export interface CoordinatorLink {
  /** Messages from all islands; ends when the link is closed, and throws when the run was taken from us. */
  readonly inbox: AsyncIterable<CoordinatorEvent>;
  /** To one island, or to all. Unknown islands are ignored: they may have just died. */
  command(to: number | 'all', command: Command): void;
  /** Asks an island. Fire and forget: one that is away never answers. */
  audit(to: number, audit: Audit): void;
  close(): Promise<void>;
}

export type CoordinatorEvent =
  | {
      readonly type: 'join';
      readonly join: Join;
      readonly welcome: (welcome: Welcome) => void;
      readonly refuse: (reason: string) => void;
    }
  | {
      readonly type: 'improvements';
      readonly improvements: Improvements;
      /** Tells the island that its elites are stored for good. Call it after the commit. */
      readonly ack: () => void;
    }
  | { readonly type: 'heartbeat'; readonly heartbeat: Heartbeat }
  | { readonly type: 'audited'; readonly audited: Audited }
  | {
      readonly type: 'farewell';
      readonly farewell: Farewell;
      /** Call it after the commit, as for improvements. */
      readonly ack: () => void;
    }
  /** A message that was refused at the boundary. */
  | { readonly type: 'rejected'; readonly reason: RejectedMessage };

export type RejectedMessage = 'malformed' | 'wrong-version' | 'unexpected';
