import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { headers } from 'nats';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import { createSqliteStore } from '../../coordinator/store/sqlite-store.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { SESSION, subjectsOf } from '../../protocol/transport/nats/subjects.js';
import { runAtoll, startAtoll } from '../ops/atoll.js';
import { corrupted, noise } from './corrupt.js';
import type { Disk } from './disk.js';
import { type Fault, type Member, type Step, shuffled } from './script.js';
import type { Stage } from './stage.js';
import type { Overheard, Wiretap } from './wiretap.js';

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How long a coordinator on a full disk may go on before it notices: it writes when it has something to write. */
const FULL_MS = 6000;
const SUPERSEDED_MS = 15_000;

/** Lets a fault happen and end. Rejects when something that was promised of it does not hold. */
export async function inject(stage: Stage, { fault, seed }: Step, disk: Disk | undefined): Promise<void> {
  const random = randomFrom(seed, 'fault');
  switch (fault.kind) {
    case 'kill':
      return kill(stage, fault);
    case 'freeze':
      signal(stage, fault.who, 'SIGSTOP');
      await pause(fault.lasts);
      return signal(stage, fault.who, 'SIGCONT');
    case 'cut':
    case 'hole':
    case 'slow':
      for (const tap of tapsOf(stage, fault.who)) {
        if (fault.kind === 'slow') tap.slow(fault.bytesPerSecond);
        else tap[fault.kind]();
      }
      await pause(fault.lasts);
      for (const tap of tapsOf(stage, fault.who)) tap.heal();
      return;
    case 'echo':
      return echo(stage, fault.messages, random);
    case 'garbage':
      return strew(stage, fault.messages, random);
    case 'full-disk':
      return fill(stage, disk);
    case 'rival':
      return rival(stage);
    case 'usurper':
      return usurp(stage);
  }
}

async function kill(stage: Stage, { who, down, renamed }: Extract<Fault, { kind: 'kill' }>): Promise<void> {
  if (who === 'broker') {
    const [server] = stage.servers;
    await server?.kill();
    await pause(down);
    await server?.restart();
    return;
  }
  const member = memberOf(stage, who);
  await member?.kill();
  await pause(down);
  if (renamed && typeof who === 'number') stage.rename(who);
  member?.start();
}

function memberOf(stage: Stage, who: number | 'coordinator') {
  return who === 'coordinator' ? stage.coordinator : stage.workers[who];
}

function signal(stage: Stage, who: Member, name: 'SIGSTOP' | 'SIGCONT'): void {
  if (who !== 'broker') memberOf(stage, who)?.signal(name);
  else for (const { pid } of stage.servers) if (pid > 0) process.kill(pid, name);
}

/** The broker is on everyone's line. */
function tapsOf(stage: Stage, who: Member): readonly Wiretap[] {
  return who === 'broker' ? [...stage.lines.values()].flat() : (stage.lines.get(who) ?? []);
}

function lifeHeader(session = 'stranger') {
  const header = headers();
  header.set(SESSION, session);
  return header;
}

/** Another session's messages, stored once more: late, twice and in any order. */
async function echo(stage: Stage, messages: number, random: RandomStream): Promise<void> {
  const js = stage.stranger.jetstream();
  for (const { subject, payload } of shuffled(stage.stored, random).slice(0, messages)) {
    // The broker may be away.
    await js.publish(subject, payload, { headers: lifeHeader(), timeout: 1000 }).catch(() => undefined);
  }
}

async function strew(stage: Stage, messages: number, random: RandomStream): Promise<void> {
  const nc = stage.stranger;
  const subjects = subjectsOf(stage.run);
  const island = random.below(stage.workers.length);
  const anywhere = [
    ...[
      subjects.join,
      subjects.welcome,
      subjects.presence,
      subjects.improve(island),
      subjects.farewell(island),
    ],
    ...[
      subjects.heartbeat(island),
      subjects.command(island),
      subjects.command('all'),
      subjects.migrants(island),
    ],
  ];
  for (let i = 0; i < messages; i++) {
    const original: Overheard | undefined = stage.stored[random.below(Math.max(1, stage.stored.length))];
    const subject = anywhere[random.below(anywhere.length)] ?? subjects.join;
    const header = random.chance(0.8) ? { headers: lifeHeader() } : {};
    if (original === undefined || random.chance(0.3)) nc.publish(subject, noise(random), header);
    else if (random.chance(0.2)) nc.publish(subjects.improve(7777), original.payload, header);
    else nc.publish(original.subject, corrupted(original.payload, random), header);
  }
  await Promise.race([nc.flush().catch(() => undefined), pause(1000)]);
}

/** The coordinator says so and stops; with room again it is started by its supervisor and goes on. */
async function fill(stage: Stage, disk: Disk | undefined): Promise<void> {
  await stage.calm();
  const before = stage.endings.length;
  const empty = disk?.fill();
  try {
    const noticed = () => stage.endings.slice(before).some(({ name }) => name === stage.coordinator.name);
    for (let waited = 0; !noticed() && waited < FULL_MS; waited += 50) await pause(50);
    // What needs no new room may go on for long; starting needs some.
    if (!noticed()) {
      await stage.coordinator.kill();
      stage.coordinator.start();
      for (let waited = 0; !noticed() && waited < FULL_MS; waited += 50) await pause(50);
    }
  } finally {
    empty?.();
  }
  for (const { name, code, said } of stage.endings.slice(before)) {
    if (name !== stage.coordinator.name) continue;
    // SQLite may meet the full disk as one that fails.
    const told = code === 4 ? /^atoll: .+\. .*Free some space/m : /^atoll: .+\. .*space on it/m;
    if (![2, 4].includes(code ?? 0) || !told.test(said)) {
      throw new Error(`expected a full disk to be said in a sentence, got exit code ${code}: ${said}`);
    }
  }
}

/** A directory that is the run's but for its archive: what someone has who copied it at the start. */
async function copyRun(stage: Stage): Promise<string> {
  const root = `${stage.root}-rival`;
  const copy = join(root, stage.run);
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await cp(join(stage.runDirectory, 'run.yaml'), join(copy, 'run.yaml'));
  await cp(join(stage.runDirectory, 'model'), join(copy, 'model'), { recursive: true });
  const reader = openSqliteReader(join(stage.runDirectory, 'archive.db'));
  createSqliteStore(join(copy, 'archive.db'), reader.labels).close();
  reader.close();
  return root;
}

const coordinatorArgs = (stage: Stage, root: string) => {
  const servers = stage.servers.map(({ url }) => url).join(',');
  return ['coordinator', '--nats', servers, '--run', stage.run, '--runs', root];
};

/** While the first answers, the second is refused in a sentence, and nothing happens to the first. */
async function rival(stage: Stage): Promise<void> {
  await stage.calm();
  const root = await copyRun(stage);
  const before = stage.endings.length;
  const { code, stderr } = await runAtoll(coordinatorArgs(stage, root));
  await rm(root, { recursive: true, force: true });
  if (code !== 2 || !stderr.includes('has a coordinator already')) {
    throw new Error(`expected a second coordinator to be refused, got exit code ${code}: ${stderr}`);
  }
  if (stage.endings.length > before) throw new Error('expected the first coordinator to go on');
}

/** While the first is asleep, the second has the run; the first learns it when it wakes, and stops. */
async function usurp(stage: Stage): Promise<void> {
  await stage.calm();
  const root = await copyRun(stage);
  const before = stage.endings.length;
  stage.coordinator.signal('SIGSTOP');
  const second = startAtoll(coordinatorArgs(stage, root));
  try {
    for (let waited = 0; !second.said().includes('waiting for workers'); waited += 50) {
      if (waited > SUPERSEDED_MS) throw new Error(`expected to take the run over, got ${second.said()}`);
      await pause(50);
    }
    // What it commits in its own directory is not in the run's: hence the replay.
    await pause(200);
  } finally {
    second.kill('SIGKILL');
    stage.replayNext();
    stage.coordinator.signal('SIGCONT');
  }
  for (let waited = 0; stage.endings.length === before; waited += 50) {
    if (waited > SUPERSEDED_MS)
      throw new Error('expected the first coordinator to learn that it was replaced');
    await pause(50);
  }
  const [ending] = stage.endings.slice(before);
  await rm(root, { recursive: true, force: true });
  if (ending?.code !== 3 || !ending.said.includes('took this run over')) {
    throw new Error(`expected it to say that it was replaced, got ${ending?.code}: ${ending?.said}`);
  }
}
