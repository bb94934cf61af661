import { compareElites } from '../../protocol/archive/elite.js';
import { digestOf } from '../../protocol/encodings/digest.js';
import type { Digest } from '../../protocol/encodings/genome.js';
import { decodeMessage } from '../../protocol/wire/codec.js';
import { headerValue } from './frames.js';
import type { Overheard } from './wiretap.js';

/** An elite without its genome. */
export interface Claim {
  readonly classId: number;
  readonly confidence: number;
  readonly digest: Digest;
}

/** An acknowledged improvement. */
export interface Acknowledged extends Claim {
  /** Of its message in the stream. */
  readonly sequence: number;
}

/**
 * Every improvement that the broker has acknowledged, as it went over the line: kept outside of Atoll, so that what
 * Atoll forgets is still known here.
 */
export interface Acknowledgements {
  /** Takes in what a worker published and the broker stored. A message that was sent twice counts once. */
  note(stored: Extract<Overheard, { type: 'stored' }>): void;
  /** Improvements acknowledged. */
  readonly size: number;
  /** All genomes of them, with the sequence of the message that brought each first. */
  readonly genomes: ReadonlyMap<Digest, number>;
  /** Those that are better than what holds their class: lost. None when the archive holds each of them or a better one. */
  lost(held: Iterable<Claim>): Acknowledged[];
}

export function createAcknowledgements(): Acknowledgements {
  const claims: Acknowledged[] = [];
  const genomes = new Map<Digest, number>();
  const messages = new Set<string>();
  return {
    note({ header, payload, sequence }) {
      const id = headerValue(header, 'Nats-Msg-Id');
      if (id === undefined) throw new Error('a worker published an improvement without an id');
      if (messages.has(id)) return;
      messages.add(id);
      const message = decodeMessage(payload);
      if (message.type !== 'improvements') return;
      // No more than that: those that are measured wait for this process, which carries their lines.
      for (const entry of message.entries) {
        const { classIds, confidences } = entry;
        const digest = 'genome' in entry ? digestOf(entry.genome) : entry.digest;
        if (!genomes.has(digest)) genomes.set(digest, sequence);
        classIds.forEach((classId, i) => {
          claims.push({ classId, confidence: confidences[i] ?? Number.NaN, digest, sequence });
        });
      }
    },
    get size() {
      return claims.length;
    },
    genomes,
    lost(held) {
      const cells = new Map([...held].map((claim) => [claim.classId, claim]));
      return claims.filter((claim) => {
        const cell = cells.get(claim.classId);
        return cell === undefined || compareClaims(claim, cell) < 0;
      });
    },
  };
}

const compareClaims = (a: Claim, b: Claim): number =>
  compareElites(
    { confidence: a.confidence, candidate: { digest: a.digest } },
    { confidence: b.confidence, candidate: { digest: b.digest } },
  );
