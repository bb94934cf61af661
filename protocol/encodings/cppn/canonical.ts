import type { CppnGenome } from './genome.js';

/** What the bytes of a CPPN within a genome begin with (atoll.proto): field numbers shifted left by three, and wire types. */
const TAGS = {
  cppn: 0x0a,
  canvas: 0x08,
  outputs: 0x10,
  activations: 0x1a,
  sources: 0x22,
  targets: 0x2a,
  weights: 0x32,
} as const;

/**
 * The CPPN of bytes that are canonical, in one pass: every field there, in order, once, and each number as short as can
 * be. No rule of {@link validateGenome} is looked at, and no memory shared. Undefined where anything is unusual: then
 * the bytes may still be a genome, and what is wrong with them is for a slower reader to say.
 */
export function readCanonicalCppn(bytes: Uint8Array): CppnGenome | undefined {
  const reader = createReader(bytes);
  if (reader.length(TAGS.cppn) !== reader.left()) return undefined;
  const canvas = reader.number(TAGS.canvas);
  const outputs = reader.number(TAGS.outputs);
  if (canvas === 0 || (outputs !== 1 && outputs !== 3)) return undefined;
  const activations = reader.bytes(TAGS.activations);
  const sources = reader.nodes(TAGS.sources);
  const targets = reader.nodes(TAGS.targets);
  const weights = reader.floats(TAGS.weights);
  if (reader.failed() || reader.left() > 0) return undefined;
  return { encoding: 'cppn', canvas, outputs, activations, sources, targets, weights };
}

/** Reads one field after another. After something that is not canonical it has failed, and what it gives is nothing. */
function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let failed = false;

  /** A number of at most two bytes, 0 … 16383. Lengths beyond are of genomes so large that the slower reader may have them. */
  function short(): number {
    const low = bytes[at++] ?? 0x80;
    if (low < 0x80) return low;
    const high = bytes[at++] ?? 0;
    // 0: padded, or beyond the end.
    if (high === 0 || high >= 0x80) failed = true;
    return (low & 0x7f) | (high << 7);
  }

  function number(tag: number): number {
    if (bytes[at++] !== tag) failed = true;
    return short();
  }

  /** A length that is not beyond the end; fields of none are left out. */
  function length(tag: number): number {
    const count = number(tag);
    if (count === 0 || at + count > bytes.length) failed = true;
    return failed ? 0 : count;
  }

  return {
    number,
    length,
    left: () => bytes.length - at,
    failed: () => failed,
    bytes(tag: number): Uint8Array {
      const count = length(tag);
      at += count;
      return new Uint8Array(bytes.subarray(at - count, at));
    },
    nodes(tag: number): Uint16Array {
      const end = length(tag) + at;
      const from = at;
      let count = 0;
      for (let i = from; i < end; i++) if ((bytes[i] ?? 0) < 0x80) count++;
      const nodes = new Uint16Array(count);
      for (let i = 0; i < count; i++) nodes[i] = short();
      if (at !== end) failed = true;
      return nodes;
    },
    floats(tag: number): Float32Array {
      const count = length(tag);
      if (count % 4 !== 0) failed = true;
      const floats = new Float32Array(count >> 2);
      for (let i = 0; i < floats.length; i++, at += 4) floats[i] = view.getFloat32(at, true);
      return floats;
    },
  };
}
