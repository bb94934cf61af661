import type { SearchDistribution } from './separable-cma.js';

/** Where a search descends from, and how far it is. */
export interface CmaState {
  readonly classId: number;
  /** SHA-256 of the elite's genome, 64 hexadecimal digits. */
  readonly digest: string;
  readonly distribution: SearchDistribution;
}

/** Of the format: a byte; class and generations in four each, sigma in eight (little-endian); the digest; four arrays. */
const VERSION = 1;
const HEAD = 1 + 4 + 4 + 8 + 32;
const ARRAYS = 4;

export function writeCmaState({ classId, digest, distribution }: CmaState): Uint8Array {
  const { mean, diagonal, sigmaPath, path, sigma, generations } = distribution;
  const head = Buffer.alloc(HEAD);
  head[0] = VERSION;
  head.writeUInt32LE(classId, 1);
  head.writeUInt32LE(generations, 5);
  head.writeDoubleLE(sigma, 9);
  head.write(digest, 17, 'hex');
  const arrays = [mean, diagonal, sigmaPath, path].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return new Uint8Array(Buffer.concat([head, ...arrays]));
}

/** Throws an Error unless the bytes are those of a search among so many parameters. */
export function readCmaState(bytes: Uint8Array, parameters: number): CmaState {
  const size = parameters * Float32Array.BYTES_PER_ELEMENT;
  if (bytes[0] !== VERSION || bytes.length !== HEAD + ARRAYS * size) {
    throw new Error('not a state of the emitter "cma", version 1');
  }
  const head = Buffer.from(bytes.subarray(0, HEAD));
  const array = (i: number) =>
    new Float32Array(bytes.slice(HEAD + i * size, HEAD + (i + 1) * size).buffer, 0, parameters);
  return {
    classId: head.readUInt32LE(1),
    digest: head.toString('hex', 17),
    distribution: {
      mean: array(0),
      diagonal: array(1),
      sigmaPath: array(2),
      path: array(3),
      sigma: head.readDoubleLE(9),
      generations: head.readUInt32LE(5),
    },
  };
}
