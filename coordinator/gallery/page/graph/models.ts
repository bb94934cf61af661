import type { Genome } from '../../../../protocol/encodings/genome.js';
import type { Encoding } from '../../../../protocol/encodings/names.js';
import { cppnModel } from './cppn-model.js';
import { denseModel } from './dense-model.js';
import type { GraphModel } from './graph-model.js';

/** The graph that a genome is; undefined where it is none. */
export function modelOf(genome: Genome): GraphModel | undefined {
  if (genome.encoding === 'cppn') return cppnModel(genome);
  if (genome.encoding === 'dense') return denseModel(genome);
  return undefined;
}

/** Whether genomes of an encoding are graphs. */
export function isGraph(encoding: Encoding): boolean {
  return encoding === 'cppn' || encoding === 'dense';
}
