/** Classes that are known at a time: those that failed longest ago are forgotten beyond. */
const MOST = 1024;

/** Of the format: a byte; then of each class its index in four (little-endian) and its count in one. */
const VERSION = 1;
const ENTRY = 5;
const MOST_COUNTED = 255;

/** How many visits in a row gained nothing, by class. */
export interface Failures {
  of(classId: number): number;
  add(classId: number): void;
  clear(classId: number): void;
  /** Up to 5,121 bytes; undefined where there are none. */
  save(): Uint8Array | undefined;
}

/** @param saved what {@link Failures.save} gave. Throws an Error where it is nothing of the kind. */
export function createFailures(saved?: Uint8Array): Failures {
  // In the order of their last failures.
  const counts = new Map(saved && read(saved));
  return {
    of: (classId) => counts.get(classId) ?? 0,
    add(classId) {
      const count = Math.min(MOST_COUNTED, (counts.get(classId) ?? 0) + 1);
      counts.delete(classId);
      counts.set(classId, count);
      if (counts.size <= MOST) return;
      const [oldest = classId] = counts.keys();
      counts.delete(oldest);
    },
    clear(classId) {
      counts.delete(classId);
    },
    save: () => (counts.size > 0 ? write(counts) : undefined),
  };
}

function write(counts: ReadonlyMap<number, number>): Uint8Array {
  const bytes = new Uint8Array(1 + ENTRY * counts.size);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  let at = 1;
  for (const [classId, count] of counts) {
    view.setUint32(at, classId, true);
    bytes[at + 4] = count;
    at += ENTRY;
  }
  return bytes;
}

function read(bytes: Uint8Array): [number, number][] {
  const entries = (bytes.length - 1) / ENTRY;
  if (bytes[0] !== VERSION || !Number.isInteger(entries) || entries > MOST) {
    throw new Error('not a state of the emitter "gradient", version 1');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: entries }, (_, i) => {
    const at = 1 + i * ENTRY;
    return [view.getUint32(at, true), view.getUint8(at + 4)];
  });
}
