import { encodeMessage } from '../../wire/codec.js';
import type { Entry, Welcome } from '../../wire/messages.js';
import { splitEntries } from '../split.js';

/** Welcomes that are larger than a message, kept while workers fetch them part by part. */
export interface WelcomeParts {
  /** Takes a welcome in for a worker's life; returns its first part, encoded, and the number of parts. */
  keep(
    life: string,
    welcome: Welcome,
    maxBytes: number,
  ): { readonly first: Uint8Array; readonly parts: number };
  /** A further part, encoded, and the number of parts; undefined when there is none (any more). */
  part(life: string, part: number): { readonly bytes: Uint8Array; readonly parts: number } | undefined;
}

/** Welcomes kept at a time; the oldest go first, and whoever still wanted one asks for an island again. */
const KEPT = 256;
/** Leaves of each message something to the elites, whatever else the welcome holds. */
const LEAST_ROOM = 64 << 10;

export function createWelcomeParts(): WelcomeParts {
  const kept = new Map<string, { readonly head: Welcome; readonly groups: readonly Entry[][] }>();
  return {
    keep(life, welcome, maxBytes) {
      const head: Welcome = { ...welcome, elites: [] };
      const room = Math.max(maxBytes - encodeMessage({ type: 'welcome', ...head }).length, LEAST_ROOM);
      const groups = splitEntries(welcome.elites, room);
      kept.delete(life);
      if (groups.length > 1) kept.set(life, { head: { ...head, spec: '{}', neighbours: [] }, groups });
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT) break;
        kept.delete(oldest);
      }
      return {
        first: encodeMessage({ type: 'welcome', ...welcome, elites: groups[0] ?? [] }),
        parts: groups.length,
      };
    },
    part(life, part) {
      const welcome = kept.get(life);
      const elites = welcome?.groups[part];
      if (welcome === undefined || elites === undefined) return undefined;
      return {
        bytes: encodeMessage({ type: 'welcome', ...welcome.head, elites }),
        parts: welcome.groups.length,
      };
    },
  };
}
