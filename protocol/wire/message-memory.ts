/**
 * Memory for messages of megabytes, one after the other: the pages of a new buffer cost several times what writing to
 * them costs, and buffers that are thrown away have the heap collected.
 */
export interface MessageMemory {
  /** At least `length` bytes, contents arbitrary. */
  take(length: number): Buffer;
  /** The message was sent and its bytes are no longer needed. Memory that was not taken here, or not last, is left alone. */
  giveBack(bytes: Uint8Array): void;
}

/** Messages differ in length; with so much more than one takes, most that follow fit as well. */
const SPARE = 1.25;

/** More than this is not kept: a flush after hours without a coordinator. */
const KEPT_BYTES = 16 * 1024 * 1024;

export function createMessageMemory(): MessageMemory {
  let given: Buffer | undefined;
  let free: Buffer | undefined;
  return {
    take(length) {
      const taken =
        free !== undefined && free.length >= length
          ? free
          : Buffer.allocUnsafeSlow(Math.ceil(length * SPARE));
      given = taken;
      free = undefined;
      return taken;
    },
    giveBack(bytes) {
      if (bytes.buffer === given?.buffer && given.length <= KEPT_BYTES) free = given;
    },
  };
}
