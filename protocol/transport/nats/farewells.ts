/**
 * Tells a farewell that counts from one that comes late or again: what the broker stores is delivered at least once,
 * and the island may have been taken up by another worker since.
 */
export interface Farewells {
  /** A worker's session holds the island from now on: an earlier one's last word means nothing any more. */
  holds(island: number, session: string): void;
  /** The acknowledgement to pass on with a farewell that counts; acknowledges any other itself, when it may. */
  admit(island: number, session: string, ack: () => void): (() => void) | undefined;
}

/** Islands that are remembered: more than a run has, whatever numbers strangers send. */
const REMEMBERED = 65_536;

export function createFarewells(): Farewells {
  const holders = new Map<number, string>();
  /** The last session to say farewell, and whether that is stored. */
  const said = new Map<number, { readonly session: string; stored: boolean }>();
  return {
    holds: (island, session) => void holders.set(island, session),
    admit(island, session, ack) {
      const holder = holders.get(island);
      const before = said.get(island);
      if (holder !== undefined && holder !== session) {
        ack();
        return undefined;
      }
      if (before?.session === session) {
        // Until it is stored, only the first delivery's acknowledgement may count.
        if (before.stored) ack();
        return undefined;
      }
      const word = { session, stored: false };
      if (said.size >= REMEMBERED) said.clear();
      said.set(island, word);
      return () => {
        word.stored = true;
        ack();
      };
    },
  };
}
