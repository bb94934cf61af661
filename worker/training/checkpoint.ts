import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readArrays, unusable, writeArrays } from './array-file.js';
import type { ImageSet } from './image-set.js';
import type { TrainingPlan } from './training-plan.js';
import type { TrainingState } from './training-state.js';

/** What a training is, as text by what it says: its plan, flattened, and digests of its data. */
export type Identity = Readonly<Record<string, string>>;

const headerSchema = z.strictObject({
  identity: z.record(z.string(), z.string()),
  history: z.array(
    z.strictObject({
      loss: z.number(),
      trainAccuracy: z.number(),
      validationLoss: z.number(),
      accuracy: z.number(),
    }),
  ),
  steps: z.int().min(0),
  /** How many arrays belong to each: weights, first, second, best. */
  counts: z.array(z.int().min(0)).length(4),
});

/** Says which training a checkpoint belongs to. `data`: its image sets by name; `start`: weights that it starts from. */
export function identityOf(
  plan: TrainingPlan,
  data: Readonly<Record<string, ImageSet>>,
  start: readonly Float32Array[] = [],
): Identity {
  const identity: Record<string, string> = {};
  flatten(plan, '', identity);
  for (const [name, { pixels, labels }] of Object.entries(data)) {
    const bytes = new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength);
    identity[`the ${name} images`] = createHash('sha256').update(pixels).update(bytes).digest('hex');
  }
  if (start.length === 0) return identity;
  const all = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of start)
    all.update(Buffer.from(buffer, byteOffset, byteLength));
  return { ...identity, 'the weights to start from': all.digest('hex') };
}

function flatten(value: unknown, name: string, into: Record<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    into[name] = String(value);
    return;
  }
  for (const [key, each] of Object.entries(value)) flatten(each, name === '' ? key : `${name}.${key}`, into);
}

/** Writes a state for {@link readCheckpoint}, whole or not at all. */
export async function writeCheckpoint(path: string, identity: Identity, state: TrainingState): Promise<void> {
  const { history, weights, best, optimiser } = state;
  const parts = [weights, optimiser.first, optimiser.second, best];
  const counts = parts.map(({ length }) => length);
  await writeArrays(path, { identity, history, steps: optimiser.steps, counts }, parts.flat());
}

/**
 * The state that was last written, or undefined where there is none. Throws a {@link BadInputError} (`ERR_CHECKPOINT`)
 * when the file is damaged or belongs to another training.
 */
export async function readCheckpoint(path: string, identity: Identity): Promise<TrainingState | undefined> {
  const file = await readArrays(path);
  if (file === undefined) return undefined;
  const header = headerSchema.parse(file.header);
  const difference = differenceOf(header.identity, identity);
  if (difference !== undefined)
    throw unusable(`The checkpoint ${path} is of another training: ${difference}`);
  const arrays = [...file.arrays];
  const [weights = [], first = [], second = [], best = []] = header.counts.map((count) =>
    arrays.splice(0, count),
  );
  return { history: header.history, weights, best, optimiser: { steps: header.steps, first, second } };
}

/** The first thing in which a training that was begun differs from the one that is wanted, as a clause. */
export function differenceOf(begun: Identity, wanted: Identity): string | undefined {
  const keys = new Set([...Object.keys(wanted), ...Object.keys(begun)]);
  const other = [...keys].find((key) => begun[key] !== wanted[key]);
  if (other === undefined) return undefined;
  if (other.startsWith('the ')) return `${other} are others`;
  return `${other} was ${begun[other] ?? 'not given'} there and is ${wanted[other] ?? 'not given'} here`;
}
