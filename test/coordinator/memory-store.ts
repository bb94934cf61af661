import { describeGenome } from '../../coordinator/store/describe-genome.js';
import { lowered } from '../../coordinator/store/lowered.js';
import { milestoneOf } from '../../coordinator/store/milestones.js';
import { type Kept, type LineMember, thin } from '../../coordinator/store/past.js';
import {
  type Batch,
  type IslandRecord,
  isLater,
  type Migration,
  type Store,
  type StoredElite,
  type StoredEvent,
  type StoredGenome,
  type StoredJump,
} from '../../coordinator/store/store.js';
import { isElite } from '../../protocol/archive/elite.js';
import { miniatureOf } from '../../protocol/encodings/miniature.js';
import { lineageOf } from './lineage.js';

/** A store that forgets everything with its process: the model that the SQLite store is held against. */
export function createMemoryStore(labels: readonly string[]): Store {
  const genomes = new Map<string, StoredGenome>();
  const holders = new Map<number, StoredJump>();
  const islands = new Map<number, IslandRecord>();
  const history: StoredJump[] = [];
  const events: StoredEvent[] = [];
  const miniatures = new Map<string, Uint8Array>();
  /** The last milestone that is kept of each class. */
  const reached = new Map<number, number>();
  const migrations = new Map<string, Migration>();

  function refuse({ jumps }: Batch): void {
    const best = new Map([...holders].map(([classId, { confidence }]) => [classId, confidence]));
    for (const { elite } of jumps) {
      const { classId, confidence } = elite;
      if (labels[classId] === undefined) throw new RangeError(`no class ${classId}`);
      if (confidence < (best.get(classId) ?? 0)) throw lowered(classId);
      best.set(classId, confidence);
    }
  }

  function write(genome: StoredGenome): void {
    const known = genomes.get(genome.digest);
    if (known?.bytes !== undefined) return;
    genomes.set(genome.digest, { ...genome, ...known, ...(genome.bytes && { bytes: genome.bytes }) });
  }

  /** What a class is about to lose, where it is the first to reach a milestone. */
  function keepMilestone(classId: number): void {
    const holder = holders.get(classId);
    const genome = holder && genomes.get(holder.digest);
    if (holder === undefined || genome?.encoding !== 'direct' || genome.bytes === undefined) return;
    const step = milestoneOf(holder.confidence);
    if (step <= (reached.get(classId) ?? -1)) return;
    reached.set(classId, step);
    const miniature = miniatureOf(genome.bytes);
    if (miniature !== undefined) miniatures.set(holder.digest, miniature);
  }

  function keptOf(digest: string): Kept {
    const genome = genomes.get(digest);
    if (genome?.bytes !== undefined) return 'genome';
    const miniature = miniatures.get(digest);
    if (miniature === undefined) return 'digest';
    return miniature.length === genome?.size ? 'genome' : 'miniature';
  }

  function forgetSuperseded(): void {
    const held = new Set([...holders.values()].map(({ digest }) => digest));
    for (const genome of genomes.values()) {
      if (genome.encoding !== 'direct' || genome.bytes === undefined || held.has(genome.digest)) continue;
      const { bytes: _, ...rest } = genome;
      genomes.set(genome.digest, rest);
    }
  }

  return {
    labels,
    commit(batch) {
      refuse(batch);
      for (const classId of new Set(batch.jumps.map(({ elite }) => elite.classId))) keepMilestone(classId);
      for (const genome of batch.genomes) write(genome);
      for (const { elite, previousConfidence, goalSwitch, evaluation, cost, time } of batch.jumps) {
        const { classId, confidence, candidate } = elite;
        if (isElite(elite)) write(describeGenome(elite.candidate));
        const jump: StoredJump = {
          id: history.length + 1,
          classId,
          digest: candidate.digest,
          confidence,
          ...(previousConfidence !== undefined && { previousConfidence }),
          goalSwitch,
          evaluation,
          cost,
          time,
        };
        history.push(jump);
        holders.set(classId, jump);
      }
      for (const island of batch.islands) {
        const last = islands.get(island.number)?.checkpoint;
        const { checkpoint, ...rest } = island;
        const kept = checkpoint !== undefined && isLater(checkpoint, last) ? checkpoint : last;
        islands.set(island.number, { ...rest, ...(kept && { checkpoint: kept }) });
      }
      events.push(...batch.events);
      for (const migration of batch.migrations) {
        const { time, source, island, moved, won } = migration;
        const key = `${time} ${source} ${island}`;
        const before = migrations.get(key) ?? { moved: 0, won: 0 };
        migrations.set(key, { ...migration, moved: before.moved + moved, won: before.won + won });
      }
      forgetSuperseded();
    },
    elites: (classId) =>
      [...holders.values()]
        .filter((jump) => classId === undefined || jump.classId === classId)
        .sort((a, b) => a.classId - b.classId)
        .flatMap((jump): StoredElite[] => {
          const genome = genomes.get(jump.digest);
          return genome?.bytes === undefined ? [] : [{ jump, genome: { ...genome, bytes: genome.bytes } }];
        }),
    confidences: () => Float32Array.from(labels, (_, classId) => holders.get(classId)?.confidence ?? 0),
    islands: () => [...islands.values()].sort((a, b) => a.number - b.number),
    history: (classId, last = history.length) => {
      const jumps = history.filter((jump) => classId === undefined || jump.classId === classId);
      return jumps.slice(Math.max(0, jumps.length - last));
    },
    genome: (digest) => genomes.get(digest),
    takenAt: () => Float64Array.from(labels, (_, classId) => holders.get(classId)?.time ?? 0),
    jumpsAfter: (id, most) =>
      history
        .filter((jump) => jump.id > id)
        .slice(0, most)
        .map(({ id, classId, confidence, evaluation, cost }) => ({
          id,
          classId,
          confidence,
          evaluation,
          cost,
        })),
    pastOf: (classId, most) =>
      thin(
        history
          .filter((jump) => jump.classId === classId)
          .map((jump) => ({
            ...jump,
            island: genomes.get(jump.digest)?.island ?? 0,
            kept: keptOf(jump.digest),
          })),
        most,
      ),
    lineOf(classId, most) {
      const line: LineMember[] = [];
      let held = classId;
      for (const genome of lineageOf(
        { genome: (digest) => genomes.get(digest) },
        holders.get(classId)?.digest ?? '',
      )) {
        const won = history.filter((jump) => jump.classId === held && jump.digest === genome.digest).at(-1);
        line.unshift({
          digest: genome.digest,
          classId: held,
          ...(won && { confidence: won.confidence }),
          island: genome.island,
          evaluation: genome.evaluation,
          kept: keptOf(genome.digest),
        });
        held = genome.parent?.classId ?? held;
      }
      return thin(line, most);
    },
    miniature: (digest) => miniatures.get(digest),
    events: () => [...events],
    migrations: () =>
      [...migrations.values()].sort((a, b) => a.time - b.time || a.source - b.source || a.island - b.island),
    // No repair reaches into memory.
    removedJumps: () => [],
    close() {},
  };
}
