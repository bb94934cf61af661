import type { WasmMemory } from './webassembly.js';

const PAGE = 65_536;

/**
 * The kernel's memory: addresses handed out one after the other, taken back all at once. It grows to the most that one
 * call has needed and stays so.
 */
export interface Arena {
  readonly buffer: ArrayBuffer;
  /** The whole memory as words; replaced when it grows, so fetch them after the last {@link Arena.take}. */
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly bytes: Uint8Array;
  /** `bytes` of memory, 16-byte aligned, contents arbitrary. */
  take(bytes: number): number;
  /** Grows the memory so that it holds for the next `bytes` taken: the views stay as they are meanwhile. */
  reserve(bytes: number): void;
  /** Where the next {@link Arena.take} begins: a mark to go back to. */
  mark(): number;
  /** Takes back everything from a mark on. */
  release(mark: number): void;
}

/** Everything from address `first` on is to be handed out. It is never 0, which means "none" to the kernel. */
export function createArena(memory: WasmMemory, first: number): Arena {
  let next = first;
  let buffer: ArrayBuffer;
  let i32: Int32Array;
  let f32: Float32Array;
  let f64: Float64Array;
  let bytes: Uint8Array;

  function view(): void {
    buffer = memory.buffer;
    i32 = new Int32Array(buffer);
    f32 = new Float32Array(buffer);
    f64 = new Float64Array(buffer);
    bytes = new Uint8Array(buffer);
  }
  view();

  function reserve(size: number): void {
    // The kernel may read a vector past an array's end.
    const missing = next + size + 32 - buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE));
    view();
  }

  return {
    get buffer() {
      return buffer;
    },
    get i32() {
      return i32;
    },
    get f32() {
      return f32;
    },
    get f64() {
      return f64;
    },
    get bytes() {
      return bytes;
    },
    take(size) {
      const address = next;
      reserve(size);
      next = address + Math.ceil(size / 16) * 16;
      return address;
    },
    reserve,
    mark: () => next,
    release(mark) {
      next = mark;
    },
  };
}
