import { describe, expect, it } from 'vitest';
import { CPPN_LIMITS, type CppnGenome } from '../../../protocol/encodings/cppn/genome.js';
import { DENSE_LIMITS, type DenseGenome } from '../../../protocol/encodings/dense/genome.js';
import { DIRECT_LIMITS, type DirectGenome } from '../../../protocol/encodings/direct/genome.js';
import { InvalidGenomeError } from '../../../protocol/encodings/faults.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { genomeFault, validateGenome } from '../../../protocol/encodings/validate.js';
import { cppnOf, unconnected, dense as wellConnected } from './cppn/samples.js';

const CPPN: CppnGenome = cppnOf(
  1,
  [0, 1, 2],
  [
    [5, 4, 1],
    [0, 5, 10],
    [6, 5, -10],
    [1, 6, 0],
  ],
);
const DIRECT: DirectGenome = {
  encoding: 'direct',
  width: 4,
  height: 2,
  channels: 3,
  genes: new Uint16Array(24),
};

const DENSE: DenseGenome = {
  encoding: 'dense',
  channels: 1,
  layers: 2,
  width: 4,
  weights: new Uint16Array(4 * 4 + 4 * 8 + 8),
};
const halves = (...first: number[]) => {
  const weights = DENSE.weights.slice();
  weights.set(first);
  return { ...DENSE, weights };
};

const direct = (samples: number): DirectGenome => ({
  encoding: 'direct',
  width: samples,
  height: 1,
  channels: 1,
  genes: new Uint16Array(samples),
});

describe('a genome in memory', () => {
  it.each<[string, Genome]>([
    ['a CPPN', CPPN],
    ['a CPPN without connections', cppnOf(3, [0, 0, 0], [])],
    ['as many nodes as allowed', unconnected(CPPN_LIMITS.nodes)],
    ['as many connections as allowed', wellConnected(CPPN_LIMITS.connections)],
    ['the largest canvas', { ...CPPN, canvas: CPPN_LIMITS.canvas }],
    ['pixels', DIRECT],
    ['as many samples as allowed', direct(DIRECT_LIMITS.samples)],
    ['layers', DENSE],
    ['the greatest and the least weight', halves(0x5400, 0xd400)],
    ['zeros of both signs and the smallest weight', halves(0, 0x8000, 1)],
  ])('is accepted: %s', (_, genome) => {
    expect(genomeFault(genome)).toBeUndefined();
    expect(() => validateGenome(genome)).not.toThrow();
  });

  it.each<[string, string, Genome]>([
    ['two outputs', 'outputs', { ...CPPN, outputs: 2 as 3 }],
    ['no canvas', 'canvas', { ...CPPN, canvas: 0 }],
    ['half a canvas', 'canvas', { ...CPPN, canvas: 0.5 }],
    ['a canvas too large', 'canvas', { ...CPPN, canvas: CPPN_LIMITS.canvas + 1 }],
    ['fewer nodes than outputs', 'nodes', cppnOf(3, [0, 0], [])],
    ['a node too many', 'nodes', unconnected(CPPN_LIMITS.nodes + 1)],
    ['an unknown activation', 'activation', cppnOf(1, [4], [])],
    ['a connection too many', 'connections', wellConnected(CPPN_LIMITS.connections + 1)],
    ['a source too few', 'connections', { ...CPPN, sources: CPPN.sources.slice(1) }],
    ['a target too many', 'connections', { ...CPPN, targets: Uint16Array.of(...CPPN.targets, 7) }],
    ['from a node that is not there', 'endpoint', cppnOf(1, [0], [[5, 4, 1]])],
    ['to a node that is not there', 'endpoint', cppnOf(1, [0], [[0, 5, 1]])],
    ['into an input', 'endpoint', cppnOf(1, [0], [[0, 3, 1]])],
    [
      'unsorted targets',
      'connection-order',
      cppnOf(
        1,
        [0, 0],
        [
          [0, 5, 1],
          [0, 4, 1],
        ],
      ),
    ],
    [
      'unsorted sources',
      'connection-order',
      cppnOf(
        1,
        [0, 0],
        [
          [1, 4, 1],
          [0, 4, 1],
        ],
      ),
    ],
    [
      'a connection twice',
      'connection-order',
      cppnOf(
        1,
        [0],
        [
          [0, 4, 1],
          [0, 4, 1],
        ],
      ),
    ],
    ['a weight too great', 'weight', cppnOf(1, [0], [[0, 4, 10.000001]])],
    ['a weight too small', 'weight', cppnOf(1, [0], [[0, 4, -11]])],
    ['a weight that is no number', 'weight', cppnOf(1, [0], [[0, 4, Number.NaN]])],
    ['an infinite weight', 'weight', cppnOf(1, [0], [[0, 4, Number.POSITIVE_INFINITY]])],
    ['a node that feeds itself', 'cycle', cppnOf(1, [0], [[4, 4, 1]])],
    [
      'two that feed each other',
      'cycle',
      cppnOf(
        1,
        [0, 0, 0],
        [
          [0, 4, 1],
          [6, 5, 1],
          [5, 6, 1],
        ],
      ),
    ],
    ['two channels', 'outputs', { ...DIRECT, channels: 2 as 3 }],
    ['no width', 'samples', { ...DIRECT, width: 0, genes: new Uint16Array(0) }],
    ['a negative size', 'samples', { ...DIRECT, width: -4, height: -2 }],
    ['a sample too many', 'samples', direct(DIRECT_LIMITS.samples + 1)],
    ['a gene too few', 'gene-length', { ...DIRECT, genes: new Uint16Array(23) }],
    ['a picture of two channels', 'outputs', { ...DENSE, channels: 2 as 3 }],
    ['no layer', 'layers', { ...DENSE, layers: 0 }],
    ['half a layer', 'layers', { ...DENSE, layers: 1.5 }],
    ['a layer too many', 'layers', { ...DENSE, layers: DENSE_LIMITS.layers + 1 }],
    ['a layer too wide', 'layers', { ...DENSE, width: DENSE_LIMITS.width + 4 }],
    ['a layer without quarters', 'layers', { ...DENSE, width: 6 }],
    ['a weight too few', 'gene-length', { ...DENSE, weights: new Uint16Array(55) }],
    ['a half float above 64', 'weight', halves(0x5401)],
    ['a half float below −64', 'weight', halves(0xd401)],
    ['an infinite half float', 'weight', halves(0x7c00)],
    ['a half float that is no number', 'weight', halves(0xfe00)],
    ['another encoding', 'malformed', { ...DIRECT, encoding: 'voxels' as 'direct' }],
  ])('is refused: %s (%s)', (_, reason, genome) => {
    expect(genomeFault(genome)).toBe(reason);
    expect(() => validateGenome(genome)).toThrow(InvalidGenomeError);
  });
});
