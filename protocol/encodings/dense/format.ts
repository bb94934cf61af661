import protobuf from 'protobufjs/minimal.js';
import { atoll } from '../../wire/generated/atoll.js';
import type { Format, RunShape } from '../encoding.js';
import { InvalidGenomeError } from '../faults.js';
import { oneOrThree, parse } from '../member.js';
import { denseFault } from './fault.js';
import { DENSE_LIMITS, type DenseGenome, type DenseShape, INPUTS, weightCount } from './genome.js';

/** Room for all tags, lengths and scalar fields of a genome. */
const HEADER = 64;

const LARGEST: DenseShape = { channels: 3, ...DENSE_LIMITS };

/** How dense genomes are written, checked, described and kept. */
export const DENSE_FORMAT: Format<DenseGenome> = {
  field: 3,
  maxBytes: HEADER + weightCount(LARGEST) * Uint16Array.BYTES_PER_ELEMENT,
  keeping: { superseded: 'genome', archived: 'memory', bytes: true },
  encode: denseBytes,
  decode(member) {
    const { channels, layers, width, weights } = parse(member, (reader) => atoll.Dense.decode(reader));
    return {
      encoding: 'dense',
      channels: oneOrThree(channels),
      layers: layers ?? 0,
      width: width ?? 0,
      weights: halvesOf(weights ?? new Uint8Array(0)),
    };
  },
  fault: denseFault,
  misfit({ channels, layers, width }, run) {
    if (layers !== run.layers.count || width !== run.layers.width) {
      const { count, width: units } = run.layers;
      return `it has ${layers} layers of ${width} units, but the run has ${count} of ${units}`;
    }
    if (channels !== run.channels) return `it has ${channels} channels, but the run has ${run.channels}`;
    return undefined;
  },
  channels: ({ channels }) => channels,
  describe: ({ channels, layers, width, weights }) => ({
    nodes: INPUTS.length + layers * width + channels,
    connections: weights.length,
  }),
  commonSize: (run) => denseBytes(blank(run)).length,
  largestSize: (run) => HEADER + weightCount(shapeIn(run)) * Uint16Array.BYTES_PER_ELEMENT,
  defaults: ({ side, small, views }) => ({
    // The picture is the same on any canvas: under a single view it is exported as the network saw it.
    canvas: small || views === 'single' ? side : 256,
    generation: small ? 200 : 400,
    interval: 10,
    // A tenth of fifteen hundred weights is another picture; a fiftieth improves on it.
    mutation: { rate: 0.02 },
  }),
};

/** The shape of a run's genomes. */
export function shapeIn({ channels, layers }: RunShape): DenseShape {
  return { channels, layers: layers.count, width: layers.width };
}

function denseBytes({ channels, layers, width, weights }: DenseGenome): Uint8Array {
  const dense = { channels, layers, width, weights: bytesOf(weights) };
  // Copied out of protobuf's pool, of which a genome that is kept would hold 8 KiB.
  return atoll.Genome.encode({ dense }, new protobuf.Writer()).finish().slice();
}

function blank(run: RunShape): DenseGenome {
  const shape = shapeIn(run);
  return { encoding: 'dense', ...shape, weights: new Uint16Array(weightCount(shape)) };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Little-endian, two bytes each: every machine that Node and WebAssembly's SIMD run on is little-endian. */
function halvesOf(bytes: Uint8Array): Uint16Array {
  if (bytes.length % 2 !== 0) throw new InvalidGenomeError('gene-length');
  const halves = new Uint16Array(bytes.length / 2);
  bytesOf(halves).set(bytes);
  return halves;
}
