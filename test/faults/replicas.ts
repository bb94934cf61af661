import type { ConsumerInfo, NatsConnection, StreamInfo } from 'nats';
import { pause } from './inject.js';

/** How the streams of a NATS cluster stand. */

const CURRENT_MS = 60_000;
const LOOK_MS = 100;

/** The name of the server that leads a stream; undefined while there is none. */
export async function leaderOf(nc: NatsConnection, stream: string): Promise<string | undefined> {
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  return (await jsm.streams.info(stream)).cluster?.leader;
}

/** Resolves when each server has all that the others have, of every stream and every consumer. */
export async function untilCurrent(nc: NatsConnection): Promise<void> {
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  async function lagging(): Promise<string[]> {
    const names = await jsm.streams.names().next();
    const streams = await Promise.all(names.map((name) => jsm.streams.info(name)));
    const consumers = await Promise.all(names.map((name) => jsm.consumers.list(name).next()));
    return [...streams, ...consumers.flat()].filter((each) => !isCurrent(each)).map(nameOf);
  }
  let got = '';
  for (const deadline = performance.now() + CURRENT_MS; performance.now() < deadline; await pause(LOOK_MS)) {
    // Whoever is asked may be electing a leader.
    got = await lagging().then(String, String);
    if (got === '') return;
  }
  throw new Error(`expected all servers to have caught up after ${CURRENT_MS} ms, not so: ${got}`);
}

const isCurrent = ({ cluster }: StreamInfo | ConsumerInfo): boolean =>
  cluster?.leader !== undefined &&
  (cluster.replicas ?? []).every(({ current, offline }) => current && !offline);

const nameOf = (info: StreamInfo | ConsumerInfo): string =>
  'config' in info && info.config.name !== undefined ? info.config.name : 'a consumer';
