import type { Msg, NatsConnection } from 'nats';
import { z } from 'zod';
import { trace } from '../../base/trace.js';
import { patience } from './broker.js';
import { MODEL_REQUEST, MODEL_SUBJECTS, type ModelQuery } from './subjects.js';

const descriptionSchema = z.object({
  nuid: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  chunks: z.int().min(0),
  deleted: z.boolean().optional(),
});

/** A message of the bucket's stream, and where it lies there. */
interface Stored {
  readonly sequence: number;
  readonly message: Msg;
}

const NOT_FOUND = 404;
/** Chunks asked for at a time: hides the way to a broker that is far away. */
const WINDOW = 8;
const ANSWER_MS = 30_000;
/** One server of a cluster may know less than another for a moment. */
const TRIES = 8;
const RETRY_MS = 250;

/**
 * An object of the broker's store, chunk by chunk; undefined where there is none. Unlike the client's own way it needs
 * no consumer, whose messages a stranger could have delivered wherever he likes: a worker's user may only ask for
 * messages of the store. The content is not checked. Throws when the broker stops answering, or chunks are missing.
 */
export async function readObject(
  nc: NatsConnection,
  name: string,
): Promise<AsyncGenerator<Uint8Array> | undefined> {
  /** The first message on a subject from a sequence of the stream on. */
  async function next(query: ModelQuery): Promise<Stored | undefined> {
    const answer = await nc.request(MODEL_REQUEST, JSON.stringify(query), { timeout: ANSWER_MS });
    const { code = 0, description = '' } = answer.headers ?? {};
    if (code === NOT_FOUND) return undefined;
    if (code !== 0) throw new Error(`${description} (${code})`);
    return { sequence: Number(answer.headers?.get('Nats-Sequence')), message: answer };
  }

  /** The messages that follow each other from a sequence on: at least one. Undefined when there is none. */
  async function run(subject: string, sequence: number, window: number): Promise<Stored[] | undefined> {
    for (let tries = 1; ; tries++) {
      const queries = Array.from({ length: window }, (_, i) => ({
        seq: sequence + i,
        next_by_subj: subject,
      }));
      const found = new Map<number, Stored>();
      for (const stored of await Promise.all(queries.map(next))) {
        // After a gap, a server that knows more may have answered.
        if (stored === undefined) break;
        found.set(stored.sequence, stored);
      }
      if (found.size > 0) return [...found.values()];
      if (tries === TRIES) return undefined;
      await patience(RETRY_MS);
    }
  }

  async function* read(subject: string, chunks: number): AsyncGenerator<Uint8Array> {
    let sequence = 1;
    for (let left = chunks; left > 0; ) {
      const messages = await run(subject, sequence, Math.min(WINDOW, left));
      if (messages === undefined) throw new Error(`the broker has ${chunks - left} of ${chunks} chunks`);
      for (const { message } of messages) yield message.data;
      left -= messages.length;
      sequence = Math.max(...messages.map((each) => each.sequence)) + 1;
    }
  }

  const [found] = (await run(MODEL_SUBJECTS.description(name), 1, 1)) ?? [];
  const description = found && descriptionSchema.safeParse(readJson(found.message)).data;
  if (description === undefined || description.deleted) return undefined;
  return read(MODEL_SUBJECTS.chunks(description.nuid), description.chunks);
}

function readJson(message: Msg): unknown {
  try {
    return message.json();
  } catch (error) {
    return trace('reading the description of the model', error);
  }
}
