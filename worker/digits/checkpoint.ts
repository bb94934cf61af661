import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BadInputError } from '../../protocol/base/errors.js';
import { writeFileAtomic } from '../../protocol/files/atomic.js';
import type { TrainingPlan, TrainingState } from './training.js';

/**
 * A training state on disk: SHA-256 of all that follows, the length of a JSON header (32 bits, little-endian), the
 * header, then float32 weights and moments one after the other.
 */

const DIGEST_BYTES = 32;
const LENGTH_BYTES = 4;

const size = z.int().min(0);
const headerSchema = z.strictObject({
  seed: size,
  epochs: size,
  epoch: size,
  steps: size,
  /** Lengths of the weights, then of Adam's moments. */
  weights: z.array(size),
  moments: z.array(size),
});

/** Writes a state for {@link readCheckpoint}, whole or not at all. */
export async function writeCheckpoint(path: string, plan: TrainingPlan, state: TrainingState): Promise<void> {
  const { epoch, weights, optimiser } = state;
  const lengths = (arrays: readonly Float32Array[]) => arrays.map(({ length }) => length);
  const header = Buffer.from(
    JSON.stringify({
      seed: plan.seed,
      epochs: plan.epochs,
      epoch,
      steps: optimiser.steps,
      weights: lengths(weights),
      moments: lengths(optimiser.moments),
    }),
  );
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  const arrays = [...weights, ...optimiser.moments];
  const body = Buffer.concat([
    length,
    header,
    ...arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ]);
  await writeFileAtomic(path, Buffer.concat([digestOf(body), body]));
}

/**
 * The state that was last written, or undefined where there is none. Throws a {@link BadInputError} (`ERR_CHECKPOINT`)
 * when the file is damaged or belongs to a training by another plan.
 */
export async function readCheckpoint(path: string, plan: TrainingPlan): Promise<TrainingState | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const body = bytes.subarray(DIGEST_BYTES);
  if (!digestOf(body).equals(bytes.subarray(0, DIGEST_BYTES))) {
    throw unusable(`The checkpoint ${path} is damaged`);
  }
  const start = LENGTH_BYTES + body.readUInt32LE(0);
  const header = headerSchema.parse(JSON.parse(body.toString('utf8', LENGTH_BYTES, start)));
  if (header.seed !== plan.seed || header.epochs !== plan.epochs) {
    throw unusable(
      `The checkpoint ${path} is of a training with seed ${header.seed} and ${header.epochs} epochs, ` +
        `but this one has seed ${plan.seed} and ${plan.epochs} epochs`,
    );
  }
  // A copy, so that the numbers lie aligned.
  const numbers = new Float32Array(Uint8Array.from(body.subarray(start)).buffer);
  let next = 0;
  const take = (length: number) => {
    next += length;
    return numbers.slice(next - length, next);
  };
  return {
    epoch: header.epoch,
    weights: header.weights.map(take),
    optimiser: { steps: header.steps, moments: header.moments.map(take) },
  };
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function unusable(problem: string): BadInputError {
  const fix = 'Give the options that the training began with, or start it again with --restart';
  return new BadInputError({ code: 'ERR_CHECKPOINT', problem, fix });
}
