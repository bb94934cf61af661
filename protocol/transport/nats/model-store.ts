import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type JetStreamClient, StorageType } from 'nats';
import { BadInputError, messageOf, UnreachableError } from '../../base/errors.js';
import { discard, temporaryName } from '../../files/atomic.js';
import { explainWriting } from '../../files/write-errors.js';
import { type Broker, type BrokerOptions, connectBroker, refusal } from './broker.js';
import { jetStreamRefusal } from './jetstream-refusal.js';
import { readObject } from './model-object.js';
import { digestPackage, packModel, unpackModel } from './model-package.js';
import { MODEL_BUCKET } from './subjects.js';

/**
 * Models travel through the broker's object store under the SHA-256 of their package, so that a worker needs a URL and
 * the name of a run, nothing else.
 */

const CHUNK_MS = 30_000;
/** Bytes handed to the connection before the broker has to confirm that it keeps up. */
const WINDOW_BYTES = 4 << 20;

/**
 * Puts a model's directory into the object store, unless it is there, and returns its package's digest. Rejects with a
 * {@link BadInputError} when the broker refuses or takes no message of `largestEntry` bytes, with an {@link UnreachableError} when it cannot be reached.
 */
export async function publishModel(
  broker: BrokerOptions & { readonly replicas?: number; readonly largestEntry?: number },
  directory: string,
): Promise<string> {
  const digest = await digestPackage(directory);
  await withBroker(broker, 'store', async ({ nc, maxBytes }) => {
    const { replicas = 1, largestEntry = 0 } = broker;
    if (largestEntry > maxBytes) throw tooLarge(largestEntry, maxBytes);
    const js = nc.jetstream();
    const store = await js.views.os(MODEL_BUCKET, { storage: StorageType.File, replicas });
    if ((await store.info(digest))?.deleted === false) return;
    const refused = followRefusals(js);
    const chunks = paced(directory, async () => {
      await nc.flush();
      refused.check();
    });
    try {
      await store.put({ name: digest }, chunks, { timeout: CHUNK_MS });
    } catch (error) {
      // The client's own error is often about its clean-up, which failed as well.
      refused.check();
      throw error;
    }
  });
  return digest;
}

/**
 * The client publishes all chunks of an object and looks at the answers at the end: an answer that nobody looks at yet
 * must not end the process. `check` throws the first refusal there was.
 */
function followRefusals(js: JetStreamClient): { check(): void } {
  let first: { readonly error: unknown } | undefined;
  const publish = js.publish.bind(js);
  js.publish = (...message) => {
    const answer = publish(...message);
    answer.catch((error: unknown) => {
      first ??= { error };
    });
    return answer;
  };
  return {
    check() {
      if (first) throw first.error;
    },
  };
}

function tooLarge(bytes: number, maxBytes: number): BadInputError {
  return new BadInputError({
    code: 'ERR_MESSAGE_SIZE',
    problem: `The images of this run take messages of up to ${bytes} bytes, but the broker takes ${maxBytes} at the most`,
    fix: 'Raise max_payload in the configuration of nats-server, or choose a smaller network or encoding: cppn',
  });
}

/** The package as a stream that runs no faster than the broker takes it. */
function paced(directory: string, flush: () => Promise<void>): ReadableStream<Uint8Array> {
  const chunks = packModel(directory);
  let unconfirmed = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (unconfirmed > WINDOW_BYTES) {
        await flush();
        unconfirmed = 0;
      }
      const { done, value } = await chunks.next();
      if (done) {
        controller.close();
        return;
      }
      unconfirmed += value.length;
      controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

/**
 * The directory `cache/DIGEST` with a model's files, fetched when it is not there or is damaged: its digest is computed
 * each time. Several processes may fetch the same one at once. Rejects with a {@link BadInputError} when the
 * broker has no such model, or not this one.
 */
export async function fetchModel(broker: BrokerOptions, digest: string, cache: string): Promise<string> {
  const target = join(cache, digest);
  if (await holds(target, digest)) return target;
  const temporary = temporaryName(target);
  try {
    await mkdir(temporary, { recursive: true });
    const got = await withBroker(broker, 'fetch', (open) => download(open, digest, temporary));
    if (got !== digest) throw wrongModel(`The model that the broker has as ${digest} has the digest ${got}`);
    await install(temporary, target, digest);
  } catch (error) {
    throw explainWriting(error, target);
  } finally {
    await discard(temporary);
  }
  return target;
}

async function holds(directory: string, digest: string): Promise<boolean> {
  // Not there, or not whole: the model is fetched.
  return (await digestPackage(directory).catch(() => undefined)) === digest;
}

async function download({ nc }: Broker, digest: string, directory: string): Promise<string> {
  const chunks = await readObject(nc, digest);
  if (chunks === undefined) throw wrongModel(`The broker does not have the model ${digest} of the run`);
  return unpackModel(chunks, directory);
}

/** The second of two processes finds the files of the first. */
async function install(temporary: string, target: string, digest: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(temporary, target);
      return;
    } catch (error) {
      if (await holds(target, digest)) return;
      if (attempt > 0) throw error;
      await rm(target, { recursive: true, force: true });
    }
  }
}

async function withBroker<T>(
  options: BrokerOptions,
  purpose: 'store' | 'fetch',
  use: (broker: Broker) => Promise<T>,
): Promise<T> {
  const broker = await connectBroker({ name: `atoll model ${purpose}`, ...options });
  try {
    return await broker.connected(use(broker));
  } catch (error) {
    if (error instanceof BadInputError || error instanceof UnreachableError) throw error;
    const failed = purpose === 'store' ? 'store the model on the broker' : 'fetch the model from the broker';
    const said = `Atoll could not ${failed} (${messageOf(error)}). Try again.`;
    throw (
      refusal(error) ??
      jetStreamRefusal(error, broker.nc) ??
      new UnreachableError('ERR_MODEL_STORE', said, error)
    );
  } finally {
    await broker.close();
  }
}

function wrongModel(problem: string): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_PACKAGE',
    problem,
    fix: 'Start the coordinator of the run again, which stores the model on the broker',
  });
}
