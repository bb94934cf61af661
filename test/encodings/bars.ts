import protobuf from 'protobufjs/minimal.js';
import type { PaintingParts } from '../../protocol/drawing/painting/painting.js';
import type { Target } from '../../protocol/drawing/painting/target.js';
import type { EncodingParts } from '../../protocol/encodings/encoding.js';
import { InvalidGenomeError } from '../../protocol/encodings/faults.js';

/** A toy: a picture of grey vertical bars, one byte a bar. No run has it; it shows what a new encoding needs. */
export interface BarsGenome {
  readonly encoding: 'bars';
  /** One byte a column of the canvas. */
  readonly greys: Uint8Array;
}

const FIELD = 15;
const MOST = 4096;

export const BARS: EncodingParts<BarsGenome, object> = {
  format: {
    field: FIELD,
    maxBytes: MOST + 8,
    keeping: { superseded: 'digest', archived: 'store', bytes: true },
    encode: ({ greys }) =>
      new protobuf.Writer()
        .uint32((FIELD << 3) | 2)
        .bytes(greys)
        .finish()
        .slice(),
    decode(member) {
      if (member.length > MOST) throw new InvalidGenomeError('too-large');
      return { encoding: 'bars', greys: new Uint8Array(member) };
    },
    fault: ({ greys }) => (greys.length >= 1 && greys.length <= MOST ? undefined : 'samples'),
    misfit: ({ greys }, { canvas }) =>
      greys.length === canvas ? undefined : `it has ${greys.length} bars, but the run's canvas is ${canvas}`,
    channels: () => 1,
    describe: ({ greys }) => ({ nodes: greys.length }),
    commonSize: () => undefined,
    largestSize: ({ canvas }) => canvas + 8,
    defaults: ({ side }) => ({ canvas: side, generation: 12, interval: 7 }),
  },
  variation: {
    crosses: true,
    random: ({ canvas }, random) => ({
      encoding: 'bars',
      greys: Uint8Array.from({ length: canvas }, () => random.below(256)),
    }),
    child: ({ greys }, { mutation, random, mate }) => ({
      encoding: 'bars',
      greys: greys.map((grey, i) =>
        random.chance(mutation.rate)
          ? random.below(256)
          : random.chance(0.5)
            ? (mate?.greys[i] ?? grey)
            : grey,
      ),
    }),
    likeness: (parent) => ({ drawnBy: ({ greys }) => Buffer.compare(greys, parent.greys) === 0 }),
    memory: () => undefined,
  },
  painting: ({ arena, width, height }: PaintingParts<object>) => ({
    paint({ greys }: BarsGenome, { planes, stride, scale, offset, bytes, rowBytes }: Target) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const grey = greys[Math.floor(((x + 0.5) * greys.length) / width)] ?? 0;
          if (bytes !== 0) arena.bytes[bytes + y * rowBytes + x] = grey;
          else arena.f32[(planes[0] + y * stride) / 4 + x] = grey * scale[0] + offset[0];
        }
      }
    },
  }),
};
