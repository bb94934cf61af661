import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../../protocol/base/random.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { decodeGenome, encodeGenome } from '../../../protocol/encodings/codec.js';
import { CPPN as CPPN_PARTS } from '../../../protocol/encodings/cppn/cppn.js';
import { CPPN_LIMITS } from '../../../protocol/encodings/cppn/genome.js';
import { DENSE as DENSE_PARTS } from '../../../protocol/encodings/dense/dense.js';
import { DENSE_LIMITS, type DenseGenome } from '../../../protocol/encodings/dense/genome.js';
import { randomDense } from '../../../protocol/encodings/dense/variation.js';
import { digestOf } from '../../../protocol/encodings/digest.js';
import { DIRECT as DIRECT_PARTS } from '../../../protocol/encodings/direct/direct.js';
import { DIRECT_LIMITS, type DirectGenome } from '../../../protocol/encodings/direct/genome.js';
import { randomDirect } from '../../../protocol/encodings/direct/variation.js';
import { GENOME_FAULTS, type GenomeFault, InvalidGenomeError } from '../../../protocol/encodings/faults.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { cppnOf, walkedCppn } from './cppn/samples.js';

const CPPN = cppnOf(
  1,
  [0, 3],
  [
    [5, 4, 1],
    [0, 5, -2.5],
  ],
);
const DIRECT: DirectGenome = {
  encoding: 'direct',
  width: 2,
  height: 1,
  channels: 1,
  genes: Uint16Array.of(1, 0xff00),
};
/** Layers of 4 units, of which each has weights 0 … 3; then one output. */
const DENSE: DenseGenome = {
  encoding: 'dense',
  channels: 1,
  layers: 1,
  width: 4,
  weights: Uint16Array.of(
    ...[0, 1, 2, 3].flatMap(() => [0, 0x3c00, 0x4000, 0x4200]),
    ...Array(8).fill(0xd400),
  ),
};
const CPPN_BYTES = '0a1b08800210011a020003220205002a02040532080000803f000020c0';
const DIRECT_BYTES = '120c0802100118012204010000ff';
const DENSE_BYTES = `1a38080110011804${'2230'}${'0000003c00400042'.repeat(4)}${'00d4'.repeat(8)}`;

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Why bytes are refused. */
function faultOf(bytes: Uint8Array): GenomeFault | undefined {
  try {
    decodeGenome(bytes);
  } catch (error) {
    if (error instanceof InvalidGenomeError) return error.reason;
    throw error;
  }
  return undefined;
}

describe('the canonical bytes of a genome', () => {
  it('are these, for ever: archives and digests rest on them', () => {
    expect(toHex(encodeGenome(CPPN))).toBe(CPPN_BYTES);
    expect(toHex(encodeGenome(DIRECT))).toBe(DIRECT_BYTES);
    expect(toHex(encodeGenome(DENSE))).toBe(DENSE_BYTES);
    expect(digestOf(fromHex('616263'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', // FIPS 180-2, "abc"
    );
  });

  it('give the genome back', () => {
    const random = randomFrom(1);
    const genomes: Genome[] = [CPPN, DIRECT, DENSE];
    genomes.push(randomDirect(28, 1, random), randomDirect(16, 3, random));
    for (let layers = 1; layers <= DENSE_LIMITS.layers; layers++) {
      for (const width of [4, 24, DENSE_LIMITS.width]) {
        for (const channels of [1, 3] as const)
          genomes.push(randomDense({ channels, layers, width }, random));
      }
    }
    for (let seed = 0; seed < 200; seed++) genomes.push(walkedCppn(seed, seed % 70, seed % 2 === 0 ? 1 : 3));
    for (const genome of genomes) expect(decodeGenome(encodeGenome(genome))).toEqual(genome);
  });

  it('are read wherever they lie in memory, and not shared', () => {
    const padded = Buffer.alloc(101);
    const bytes = encodeGenome(DIRECT);
    padded.set(bytes, 3);
    const genome = decodeGenome(padded.subarray(3, 3 + bytes.length));
    padded.fill(0);
    expect(genome).toEqual(DIRECT);
  });

  it('own their memory', () => {
    const bytes = encodeGenome(CPPN);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  });

  it('fit the largest genomes of all encodings', () => {
    const largest = randomDirect(1, 1, randomFrom(1));
    const direct = {
      ...largest,
      width: DIRECT_LIMITS.samples,
      genes: new Uint16Array(DIRECT_LIMITS.samples),
    };
    expect(decodeGenome(encodeGenome(direct))).toMatchObject({ width: DIRECT_LIMITS.samples });
    expect(encodeGenome(direct).length).toBeLessThanOrEqual(DIRECT_PARTS.format.maxBytes);
    expect(DIRECT_PARTS.format.maxBytes).toBeLessThan(2 ** 20);

    const dense = randomDense({ channels: 3, ...DENSE_LIMITS }, randomFrom(1));
    expect(decodeGenome(encodeGenome(dense))).toEqual(dense);
    expect(encodeGenome(dense).length).toBeLessThanOrEqual(DENSE_PARTS.format.maxBytes);

    const hidden = CPPN_LIMITS.nodes - 4;
    const connections: [number, number, number][] = [];
    for (let target = hidden + 3; connections.length < CPPN_LIMITS.connections; target--) {
      for (let source = target - 1; source >= 128 && connections.length < CPPN_LIMITS.connections; source--) {
        connections.unshift([source, target, Math.PI]);
      }
    }
    const cppn = cppnOf(1, new Array<number>(hidden).fill(1), connections);
    expect(encodeGenome(cppn).length).toBeLessThanOrEqual(CPPN_PARTS.format.maxBytes);
    expect(decodeGenome(encodeGenome(cppn))).toEqual(cppn);
  });
});

describe('bytes that are no canonical genome', () => {
  /** A CPPN's protobuf with whatever fields one likes. */
  function cppnBytes(write: (writer: protobuf.Writer) => void): Uint8Array {
    const writer = new protobuf.Writer().uint32(10).fork();
    write(writer);
    return writer.ldelim().finish().slice();
  }
  const packed = (writer: protobuf.Writer, field: number, values: readonly number[]) => {
    writer.uint32((field << 3) | 2).fork();
    for (const value of values) writer.uint32(value);
    writer.ldelim();
  };
  const head = (writer: protobuf.Writer, outputs = 1) =>
    writer.uint32(8).uint32(256).uint32(16).uint32(outputs).uint32(26).bytes(Uint8Array.of(0));

  it.each<[string, GenomeFault, Uint8Array]>([
    ['nothing', 'malformed', new Uint8Array(0)],
    ['a field of another number', 'malformed', fromHex('2200')],
    ['a truncated genome', 'malformed', fromHex(CPPN_BYTES.slice(0, -2))],
    ['a length of 4 GiB', 'malformed', fromHex('0affffffff0f')],
    ['a packed list of 4 GiB', 'malformed', fromHex('0a0622ffffffff0f')],
    ['pixels of 4 GiB', 'malformed', fromHex('120622ffffffff0f')],
    ['a group without end', 'malformed', fromHex('0b0b0b0b0b0b0b')],
    ['an empty CPPN', 'outputs', fromHex('0a00')],
    ['empty pixels', 'outputs', fromHex('1200')],
    ['two outputs', 'outputs', cppnBytes((w) => head(w, 2))],
    ['huge sizes without genes', 'samples', fromHex('121208ffffffff0f10ffffffff0f180122020000')],
    ['a dense genome without layers', 'layers', fromHex('1a0408011804')],
    ['nine layers', 'layers', fromHex('1a06080110091804')],
    ['layers of 68 units', 'layers', fromHex('1a06080110011844')],
    ['layers whose units have no quarters', 'layers', fromHex('1a06080110011806')],
    ['layers without weights', 'gene-length', fromHex('1a06080110011804')],
    ['half a weight', 'gene-length', fromHex('1a09080110011804220100')],
    ['weights of 4 GiB', 'malformed', fromHex('1a0622ffffffff0f')],
    ['a weight beyond 64', 'weight', fromHex(DENSE_BYTES.replace('00d4', '01d4'))],
    ['an infinite weight of 16 bits', 'weight', fromHex(DENSE_BYTES.replace('003c', '007c'))],
    ['a weight of 16 bits that is no number', 'weight', fromHex(DENSE_BYTES.replace('003c', '00fe'))],
    ['layers of a padded number', 'not-canonical', fromHex(`1a390801108100${DENSE_BYTES.slice(12)}`)],
    ['an odd number of gene bytes', 'gene-length', fromHex('120b0802100118012203010000')],
    [
      'a node number beyond 16 bits that would wrap',
      'endpoint',
      cppnBytes((w) => {
        head(w);
        packed(w, 4, [65_536]);
        packed(w, 5, [4]);
        w.uint32(50).bytes(new Uint8Array(4));
      }),
    ],
    ['an unknown field at the end', 'not-canonical', fromHex(`${CPPN_BYTES}1801`)],
    ['an unknown field within', 'not-canonical', cppnBytes((w) => head(w).uint32(64).uint32(1))],
    ['a field twice', 'not-canonical', cppnBytes((w) => head(head(w)))],
    ['a padded number', 'not-canonical', fromHex('120d088200100118012204010000ff')],
    ['fields in another order', 'not-canonical', fromHex('120c1001080218012204010000ff')],
    ['both encodings', 'not-canonical', fromHex(CPPN_BYTES + DIRECT_BYTES)],
    [
      'a list that is not packed',
      'not-canonical',
      cppnBytes((w) => {
        head(w).uint32(32).uint32(0);
        packed(w, 5, [4]);
        w.uint32(50).bytes(new Uint8Array(4));
      }),
    ],
    ['an empty list, written out', 'not-canonical', cppnBytes((w) => head(w).uint32(34).uint32(0))],
    ['a CPPN longer than any', 'too-large', fromHex(`0a${'00'.repeat(CPPN_PARTS.format.maxBytes)}`)],
    ['layers longer than any', 'too-large', fromHex(`1a${'00'.repeat(DENSE_PARTS.format.maxBytes)}`)],
    ['pixels longer than any', 'too-large', fromHex(`12${'00'.repeat(DIRECT_PARTS.format.maxBytes)}`)],
  ])('are refused: %s (%s)', (_, reason, bytes) => {
    expect(faultOf(bytes)).toBe(reason);
  });

  it('are refused quickly however hostile: a mebibyte of two-byte unknown fields, of list elements, of empty messages', () => {
    const size = DIRECT_PARTS.format.maxBytes;
    const fill = (pattern: string) => {
      const bytes = Buffer.alloc(size);
      bytes.fill(Buffer.from(pattern, 'hex'));
      return bytes;
    };
    // Of this process alone, however busy the machine is.
    const began = process.cpuUsage();
    for (const pattern of ['1801', '1200', '0a00', '1b1c', '1b', '120a0a', 'ff', '00']) {
      expect(faultOf(fill(pattern))).toBeDefined();
    }
    // A list of a million elements.
    const list = Buffer.concat([
      fromHex('1200'),
      Buffer.from([10]),
      varint(size - 12),
      Buffer.from([34]),
      varint(size - 20),
    ]);
    expect(faultOf(Buffer.concat([list, Buffer.alloc(size - list.length, 1)]))).toBeDefined();
    // A second where it takes a tenth; what grows with the square of the bytes would take minutes.
    expect(process.cpuUsage(began).user).toBeLessThan(1_000_000);
  });
});

const varint = (value: number) => Buffer.from(new protobuf.Writer().uint32(value).finish());

describe('a fuzzed genome', () => {
  const ROUNDS = 120_000;

  it(`of ${ROUNDS} is either refused with a reason or is exactly what its bytes say`, () => {
    const random = randomFrom(2026, 'fuzz');
    const seeds = [
      ...Array.from({ length: 40 }, (_, i) => encodeGenome(walkedCppn(i, i, i % 2 === 0 ? 1 : 3))),
      encodeGenome(randomDirect(3, 1, random)),
      encodeGenome(randomDirect(4, 3, random)),
      ...Array.from({ length: 8 }, (_, i) =>
        encodeGenome(randomDense({ channels: 3, layers: 1 + (i % 2), width: 4 }, random)),
      ),
      encodeGenome(CPPN),
    ];
    const counts = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = round % 4 === 0 ? noise(random) : mutated(seeds, random);
      const fault = faultOf(bytes);
      counts.set(fault ?? 'valid', (counts.get(fault ?? 'valid') ?? 0) + 1);
      if (fault === undefined && toHex(encodeGenome(decodeGenome(bytes))) !== toHex(bytes)) {
        expect.fail(`${toHex(bytes)} is not what it decodes to`);
      }
    }
    // The fuzzer reaches what it is meant to reach.
    const rarely: readonly GenomeFault[] = ['too-large', 'nodes', 'connections', 'samples'];
    for (const reason of [...GENOME_FAULTS.filter((fault) => !rarely.includes(fault)), 'valid']) {
      expect(counts.get(reason), reason).toBeGreaterThan(10);
    }
  });

  function noise(random: RandomStream): Uint8Array {
    const bytes = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
    // Half of them start as a genome does.
    if (random.chance(0.5) && bytes.length > 2) {
      bytes[0] = [10, 18, 26][random.below(3)] ?? 10;
      bytes[1] = bytes.length - 2;
    }
    return bytes;
  }

  function mutated(seeds: readonly Uint8Array[], random: RandomStream): Uint8Array {
    let bytes = (seeds[random.below(seeds.length)] ?? new Uint8Array(1)).slice();
    const changes = 1 + random.below(3);
    for (let change = 0; change < changes; change++) {
      const at = random.below(bytes.length);
      switch (random.below(6)) {
        case 0:
          bytes[at] = random.below(256);
          break;
        case 1:
          bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
          break;
        case 2:
          bytes = bytes.slice(0, Math.max(1, at));
          break;
        case 3: {
          // Two neighbours change places: how lists get out of order.
          const other = Math.min(at + 1, bytes.length - 1);
          [bytes[at], bytes[other]] = [bytes[other] ?? 0, bytes[at] ?? 0];
          break;
        }
        case 4: {
          const from = random.below(bytes.length);
          const to = Math.min(bytes.length, from + 1 + random.below(8));
          bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(from, to), ...bytes.subarray(at));
          break;
        }
        default:
          bytes[at] = (bytes[at] ?? 0) + (random.chance(0.5) ? 1 : 255);
      }
    }
    return bytes;
  }
});
