import { encodeMessage } from '../../wire/codec.js';
import type { Entry, Welcome } from '../../wire/messages.js';
import { splitEntries } from '../split.js';

/** Welcomes that are larger than a message, kept while workers fetch them part by part, each at its own pace. */
export interface WelcomeParts {
  /**
   * Takes a welcome in for a worker's session; returns its first part, encoded, and the number of parts. A first part of
   * several holds no elites. Throws a BadInputError when an elite fits no message.
   */
  keep(
    session: string,
    welcome: Welcome,
    maxBytes: number,
  ): { readonly first: Uint8Array; readonly parts: number };
  /**
   * A further part, encoded, and the number of parts; undefined when there is none (any more). The last part ends it:
   * a worker that asks later asks for an island again.
   */
  part(session: string, part: number): { readonly bytes: Uint8Array; readonly parts: number } | undefined;
}

/** Welcomes kept at a time; the oldest go first, and a worker that still wanted one asks for an island again. */
const KEPT = 256;

export function createWelcomeParts(): WelcomeParts {
  const kept = new Map<string, { readonly head: Welcome; readonly groups: readonly Entry[][] }>();
  return {
    keep(session, welcome, maxBytes) {
      kept.delete(session);
      const groups = splitEntries(welcome.elites, maxBytes);
      const whole = groups.length === 1 ? encodeMessage({ type: 'welcome', ...welcome }) : undefined;
      if (whole && whole.length <= maxBytes) return { first: whole, parts: 1 };
      kept.set(session, { head: { ...welcome, spec: '{}', neighbours: [], elites: [] }, groups });
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT) break;
        kept.delete(oldest);
      }
      return { first: encodeMessage({ type: 'welcome', ...welcome, elites: [] }), parts: groups.length + 1 };
    },
    part(session, part) {
      const welcome = kept.get(session);
      const elites = welcome?.groups[part - 1];
      if (welcome === undefined || elites === undefined) return undefined;
      const bytes = encodeMessage({ type: 'welcome', ...welcome.head, elites });
      if (part === welcome.groups.length) kept.delete(session);
      return { bytes, parts: welcome.groups.length + 1 };
    },
  };
}
