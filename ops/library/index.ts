/**
 * Atoll as a library: `import { evolve, openClassifier, openRun } from 'atoll'`. All that is exported here is for
 * programs outside of this repository; nothing else is. ops/examples/ has a program for each use.
 */

export { archiveDigest } from '../../coordinator/intake/archive-digest.js';
export type { IslandRecord, StoredEvent, StoredGenome, StoredJump } from '../../coordinator/store/store.js';
export {
  type Archive,
  createArchive,
  type MergeResult,
  type MergeStatus,
} from '../../protocol/archive/archive.js';
export type { Candidate, Elite, Parent } from '../../protocol/archive/elite.js';
export { type ArchiveSummary, summarise } from '../../protocol/archive/summary.js';
export { AtollError, BadInputError } from '../../protocol/base/errors.js';
export { type RandomStream, restoreRandom } from '../../protocol/base/random.js';
export { randomFrom } from '../../protocol/base/seeded-random.js';
export type { Drawer, Pixels } from '../../protocol/drawing/drawer.js';
export { loadDrawer } from '../../protocol/drawing/load.js';
export type { TensorSpec, Views } from '../../protocol/drawing/tensor-spec.js';
export { decodeGenome, encodeGenome } from '../../protocol/encodings/codec.js';
export { digestOf } from '../../protocol/encodings/digest.js';
export type { Digest, Genome } from '../../protocol/encodings/genome.js';
export { mutateGenome, randomGenome } from '../../protocol/encodings/variation.js';
export { fillSpec } from '../../protocol/spec/fill-spec.js';
export { shapeOf } from '../../protocol/spec/run-shape.js';
export type { RunSpec, RunSpecInput } from '../../protocol/spec/run-spec.js';
export type { Checkpoint } from '../../protocol/wire/messages.js';
export type { Totals } from '../../protocol/wire/totals.js';
export type { Classifier } from '../../worker/classifier/classifier.js';
export { createDrawnScorer } from '../../worker/drawn-scorer.js';
export type {
  Emitter,
  EmitterMaker,
  EmitterParts,
  EmitterReport,
  Offspring,
  Outcome,
} from '../../worker/emitter/emitter.js';
export { EMITTERS } from '../../worker/emitter/emitters.js';
export { createIsland, type Island, type IslandParts } from '../../worker/island/island.js';
export type { ScoredGradients, Scorer, ScorerSeconds } from '../../worker/scorer.js';
export { type Evolution, type EvolveOptions, evolve, type Progress } from './evolve.js';
export {
  type ClassifierOptions,
  type OpenedClassifier,
  openClassifier,
} from './open-classifier.js';
export { openRun, type Run } from './open-run.js';
