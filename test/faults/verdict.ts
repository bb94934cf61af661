import { join } from 'node:path';
import { AckPolicy, type NatsConnection } from 'nats';
import { archiveBytes } from '../../coordinator/intake/archive-digest.js';
import { createIntake } from '../../coordinator/intake/intake.js';
import { readElites } from '../../coordinator/intake/restore.js';
import { readRunFile } from '../../coordinator/run/run-file.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import type { StoredJump, StoreReader } from '../../coordinator/store/store.js';
import { type Archive, createArchive } from '../../protocol/archive/archive.js';
import { isElite } from '../../protocol/archive/elite.js';
import type { Digest } from '../../protocol/encodings/genome.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { islandOf, sessionOf, subjectsOf } from '../../protocol/transport/nats/subjects.js';
import { decodeMessage } from '../../protocol/wire/codec.js';
import type { Message } from '../../protocol/wire/messages.js';
import { lineageOf } from '../coordinator/lineage.js';
import { runAtoll } from '../ops/atoll.js';
import type { Acknowledged } from './acknowledgements.js';
import type { Stage } from './stage.js';

/** A connection that falls 64 MiB behind is broken off, and what is on its way to it is lost. */
const FETCHED = 32;
const FETCH_MS = 5000;
/** Numbers of messages in a complaint. */
const SHOWN = 10;

/** What a run's directory is found to be, after all that happened to it. */
export interface Verdict {
  readonly acknowledged: number;
  readonly lost: readonly Acknowledged[];
  readonly jumps: number;
  /** Messages that the stream holds. */
  readonly messages: number;
  /** What does not hold, in words; empty when all does. */
  readonly complaints: readonly string[];
}

/** Judges a run that has ended: its archive against what was acknowledged, its history, the stream, and what it draws. */
export async function judge(stage: Stage): Promise<Verdict> {
  const { spec } = await readRunFile(join(stage.runDirectory, 'run.yaml'));
  const store = openSqliteReader(join(stage.runDirectory, 'archive.db'));
  const archive = createArchive(spec.classes);
  for (const elite of readElites(store)) archive.merge(elite);
  const history = store.history();
  const orphans = orphansOf(store);
  const unknown = [...stage.acknowledgements.genomes].filter(
    ([digest]) => store.genome(digest) === undefined,
  );
  const gaps = store.events().filter(({ kind }) => kind === 'history-gap');
  store.close();
  const replayed = await replay(stage, spec);
  const verified = await runAtoll(['verify', stage.runDirectory, '--json']);
  const lost = stage.acknowledgements.lost(
    [...archive.elites()].map(({ candidate, ...cell }) => ({ ...cell, digest: candidate.digest })),
  );
  const same = Buffer.compare(archiveBytes(archive), archiveBytes(replayed.archive)) === 0;
  return {
    acknowledged: stage.acknowledgements.size,
    lost,
    jumps: history.length,
    messages: replayed.messages,
    complaints: [
      ...(lost.length > 0 ? [describeLoss(lost, replayed.lastSequence)] : []),
      ...fallsOf(history).map((fall) => `a class got worse: ${JSON.stringify(fall)}`),
      // Nobody is cut off for so long here that history has to be dropped.
      ...gaps.map(({ detail }) => `a gap: ${JSON.stringify(detail)}`),
      ...(orphans.length > 0 ? [`the parents of ${orphans.length} elites end at no random image`] : []),
      ...(unknown.length > 0 ? [describeUnknown(unknown.map(([, sequence]) => sequence))] : []),
      ...(same ? [] : [describeReplay(replayed)]),
      ...(verified.code === 0 ? [] : [`atoll verify: ${verified.stderr}${verified.stdout}`]),
    ],
  };
}

function describeLoss(lost: readonly Acknowledged[], lastSequence: number): string {
  const messages = [...new Set(lost.map(({ sequence }) => sequence))].sort((a, b) => a - b);
  const shown = `${messages.slice(0, SHOWN).join(', ')}${messages.length > SHOWN ? ', …' : ''}`;
  return `${lost.length} acknowledged improvements are lost, of messages ${shown} of ${lastSequence}`;
}

const describeUnknown = (sequences: readonly number[]): string =>
  `${sequences.length} acknowledged genomes are not stored, of messages ${Math.min(...sequences)} … ${Math.max(...sequences)}`;

/** What was trimmed away, or lost on the way here, is not in the other archive. */
const describeReplay = ({ messages, lastSequence }: Replayed): string =>
  `the stream, replayed, gives another archive (of ${messages} messages of ${lastSequence})`;

/** Elites whose line of parents breaks off before a random image. */
export function orphansOf(store: Pick<StoreReader, 'elites' | 'genome'>): Digest[] {
  return store
    .elites()
    .map(({ genome }) => genome.digest)
    .filter((digest) => lineageOf(store, digest).at(-1)?.parent !== undefined);
}

/** Jumps that lower their class, or that do not begin where the last one ended. */
export function fallsOf(history: readonly StoredJump[]): StoredJump[] {
  const best = new Map<number, number>();
  return history.filter(({ classId, confidence, previousConfidence }) => {
    const before = best.get(classId);
    best.set(classId, confidence);
    return previousConfidence !== before || confidence < (before ?? 0);
  });
}

interface Replayed {
  readonly archive: Archive;
  readonly messages: number;
  readonly lastSequence: number;
}

/** A fresh archive of all that the stream holds, by the boundary's own rules. */
async function replay(stage: Stage, spec: RunSpec): Promise<Replayed> {
  const archive = createArchive(spec.classes);
  const intake = createIntake(archive, spec);
  let messages = 0;
  let lastSequence = 0;
  for await (const { subject, header, data, sequence } of messagesOf(
    stage.stranger,
    subjectsOf(stage.run).stream,
  )) {
    messages++;
    lastSequence = sequence;
    const message = decodeOr(data);
    if (message?.type !== 'improvements' || message.island !== islandOf(subject)) continue;
    if (sessionOf(header) === undefined) continue;
    for (const win of intake.read(message.entries).flatMap(({ wins }) => wins)) {
      if (isElite(win)) archive.merge(win);
    }
  }
  return { archive, messages, lastSequence };
}

async function* messagesOf(nc: NatsConnection, stream: string) {
  const jsm = await nc.jetstreamManager();
  const { state } = await jsm.streams.info(stream);
  if (state.messages === 0) return;
  const { name } = await jsm.consumers.add(stream, { ack_policy: AckPolicy.None });
  const consumer = await nc.jetstream().consumers.get(stream, name);
  for (;;) {
    for await (const message of await consumer.fetch({ max_messages: FETCHED, expires: FETCH_MS })) {
      yield { subject: message.subject, header: message.headers, data: message.data, sequence: message.seq };
      if (message.seq === state.last_seq) return;
    }
  }
}

function decodeOr(bytes: Uint8Array): Message | undefined {
  try {
    return decodeMessage(bytes);
  } catch {
    return undefined;
  }
}
