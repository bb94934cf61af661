import { elitesOf } from '../../protocol/archive/entries.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { decodeMessage } from '../../protocol/wire/codec.js';

/**
 * Some of a message's bytes, or all of them with one bit turned: never one that says something else and is well formed,
 * for no boundary can tell such a message from a true one.
 */
export function corrupted(message: Buffer, random: RandomStream): Buffer {
  const said = meaningOf(message);
  for (;;) {
    const copy = random.chance(0.5)
      ? message.subarray(0, random.below(message.length))
      : flipped(message, random);
    const says = meaningOf(copy);
    if (says === undefined || says === said) return copy;
  }
}

function flipped(message: Buffer, random: RandomStream): Buffer {
  const copy = Buffer.from(message);
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

export function noise(random: RandomStream): Buffer {
  return Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
}

/** What of a message counts for a run, in one text; undefined when it is no message. */
function meaningOf(bytes: Buffer): string | undefined {
  try {
    const message = decodeMessage(bytes);
    if (message.type !== 'improvements') return JSON.stringify(message);
    const finds = message.entries.map((entry) =>
      'genome' in entry
        ? elitesOf(entry).map(({ classId, confidence, candidate }) => [classId, confidence, candidate])
        : entry,
    );
    return JSON.stringify([message.island, message.checkpoint, message.gap, finds]);
  } catch {
    return undefined;
  }
}
