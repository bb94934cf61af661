import { arrivalsSize } from '../../protocol/transport/split.js';
import type { IslandLink } from '../../protocol/transport/transport.js';
import type { Arrival } from '../../protocol/wire/messages.js';
import { composeFlush } from './flush.js';
import type { Island } from './island.js';
import type { Pending } from './outbox.js';

/**
 * Sends a flush home, in as many messages as it needs. The last brings the state, and is only sent once the others are
 * stored: a state is never there without the elites that it accounts for. Resolves when all are stored.
 */
export function createFlushSender(parts: {
  readonly number: number;
  readonly island: Pick<Island, 'checkpoint'>;
  readonly link: Pick<IslandLink, 'improve' | 'maxBytes'>;
}): (pending: Pending, arrivals: readonly Arrival[]) => Promise<void> {
  const { number, island, link } = parts;
  let sequence = 0;
  return async (pending, arrivals) => {
    const checkpoint = island.checkpoint();
    const maxBytes = link.maxBytes ?? Number.POSITIVE_INFINITY;
    const { messages, gap } = composeFlush(pending, maxBytes, arrivalsSize(arrivals));
    const earlier = messages
      .slice(0, -1)
      .map((entries) => link.improve({ island: number, sequence: ++sequence, entries }));
    if (earlier.length > 0) await Promise.all(earlier);
    await link.improve({
      island: number,
      sequence: ++sequence,
      entries: messages.at(-1) ?? [],
      checkpoint,
      arrivals,
      ...(gap && { gap }),
    });
  };
}
