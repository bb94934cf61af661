import { type Archive, createArchive, type MergeStatus } from '../../protocol/archive/archive.js';
import { createCandidate, isSameGenome } from '../../protocol/archive/candidate.js';
import type { Candidate, Elite } from '../../protocol/archive/elite.js';
import { type RandomStream, restoreRandom } from '../../protocol/base/random.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { VIEW_COUNT } from '../../protocol/drawing/tensor-spec.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { Checkpoint } from '../../protocol/wire/messages.js';
import { NO_TOTALS, type Totals } from '../../protocol/wire/totals.js';
import type { Classifier } from '../classifier/classifier.js';
import { meanOfViews } from '../classifier/views.js';
import type { EmitterMaker, Offspring, Outcome } from '../emitter/emitter.js';
import { createGuests } from './guests.js';

/** What an island is made of. */
export interface IslandParts {
  readonly island: number;
  readonly spec: RunSpec;
  /** The island's own stream; ignored where a checkpoint brings its state. */
  readonly random: RandomStream;
  readonly drawer: Drawer;
  readonly classifier: Classifier;
  /** Makes the island's emitter. */
  readonly emitter: EmitterMaker;
  /** Seconds, monotone; only measures. */
  readonly clock: () => number;
  /** Go on from here instead of founding an island. */
  readonly checkpoint?: Checkpoint;
}

/** One population: its own archive, its own random stream, one classifier session. */
export interface Island {
  readonly archive: Archive;
  /**
   * Evaluates `limit` offspring at the most, one batch of them (or one generation, as the spec says), and merges them.
   * Returns every elite that won a cell, in order, those too that lost it again within the step. Given the same spec,
   * state and engine, the same every time.
   */
  step(limit: number): Promise<readonly Elite[]>;
  /**
   * Merges elites from elsewhere; returns those that won a cell. What the archive refuses is left out; what loses may
   * still breed, if `migration.replacement` says so.
   */
  receive(elites: Iterable<Elite>): readonly Elite[];
  /** Since it was founded. */
  readonly totals: Totals;
  /** Everything, besides the archive and its guests, that the next step depends on. */
  checkpoint(): Checkpoint;
}

/** An evaluated offspring that waits for the end of its generation. */
interface Evaluated {
  readonly offspring: Offspring;
  /** The island's count with it. */
  readonly evaluation: number;
  readonly confidences: Float32Array;
}

export function createIsland(parts: IslandParts): Island {
  const { island, spec, drawer, classifier, clock, checkpoint } = parts;
  const { evolution, views } = spec;
  const random = checkpoint ? restoreRandom(checkpoint.random) : parts.random;
  const archive = createArchive(spec.classes);
  const guests = createGuests(archive);
  const totals = { ...NO_TOTALS, ...checkpoint?.totals };
  const emitter = parts.emitter({
    archive: guests,
    spec,
    random,
    generation: () => totals.generations,
    evaluations: () => totals.evaluations,
    ...(checkpoint?.emitter && { saved: checkpoint.emitter }),
  });
  const neutralBefore = totals.neutral;

  async function evaluate(offspring: readonly Offspring[]): Promise<Evaluated[]> {
    const drawn = clock();
    const tensor = drawer.tensor(
      offspring.map(({ genome }) => genome),
      classifier.input,
      views,
    );
    const drew = clock();
    const rows = await classifier.classify(tensor, offspring.length * VIEW_COUNT[views]);
    totals.renderSeconds += drew - drawn;
    totals.classifySeconds += clock() - drew;
    const confidences = meanOfViews(rows, VIEW_COUNT[views], spec.classes);
    return offspring.map((child, i) => {
      totals.evaluations++;
      return {
        offspring: child,
        evaluation: totals.evaluations,
        confidences: confidences.subarray(i * spec.classes, (i + 1) * spec.classes),
      };
    });
  }

  function candidateOf({ offspring: { genome, parent }, evaluation }: Evaluated): Candidate {
    return createCandidate(genome, {
      ...(parent && { parent: { digest: parent.candidate.digest, classId: parent.classId } }),
      evaluation,
      island,
    });
  }

  /** Compares an image with all C cells: that is what lets one lineage switch goals. */
  function insert(evaluated: Evaluated, won: Elite[]): MergeStatus {
    const { offspring, confidences } = evaluated;
    let candidate: Candidate | undefined;
    let best: MergeStatus = 'kept';
    for (let classId = 0; classId < spec.classes; classId++) {
      const confidence = confidences[classId] ?? Number.NaN;
      // False for NaN too, and settles all but ties without an elite or a digest being made.
      if (!(confidence >= (archive.confidences[classId] ?? 0)) || confidence > 1) continue;
      candidate ??= candidateOf(evaluated);
      const elite = { classId, confidence, candidate };
      const { status, previous } = archive.merge(elite);
      if (status === 'kept') continue;
      if (best !== 'new') best = status;
      won.push(elite);
      totals.jumps++;
      if (isGoalSwitch(classId, offspring.parent, previous)) totals.goalSwitches++;
    }
    return best;
  }

  function insertAll(evaluated: readonly Evaluated[], won: Elite[]): void {
    const outcomes: Outcome[] = evaluated.map((one) => ({
      offspring: one.offspring,
      confidences: one.confidences,
      status: insert(one, won),
    }));
    emitter.tell(outcomes);
  }

  const totalsNow = (): Totals => ({ ...totals, neutral: neutralBefore + emitter.report.neutral });

  /** Offspring left in the current generation, the first being the initial one. */
  function leftInGeneration(): number {
    const { initial, generation } = evolution;
    if (totals.evaluations < initial) return initial - totals.evaluations;
    return generation - ((totals.evaluations - initial) % generation);
  }

  return {
    archive,
    async step(limit) {
      const won: Elite[] = [];
      const waiting: Evaluated[] = [];
      const left = leftInGeneration();
      let todo = Math.min(limit, left);
      do {
        const evaluated = await evaluate(emitter.ask(Math.min(todo, spec.batch)));
        todo -= evaluated.length;
        if (evolution.insertion === 'immediate') insertAll(evaluated, won);
        else waiting.push(...evaluated);
      } while (todo > 0 && evolution.insertion === 'generation');
      insertAll(waiting, won);
      if (leftInGeneration() >= left) totals.generations++;
      return won;
    },
    receive(elites) {
      const won: Elite[] = [];
      for (const elite of elites) {
        if (archive.reject(elite) !== undefined) continue;
        if (archive.merge(elite).status !== 'kept') won.push(elite);
        else if (spec.migration.replacement === 'always-into-worse') guests.admit(elite);
      }
      return won;
    },
    get totals() {
      return totalsNow();
    },
    checkpoint() {
      const learnt = emitter.save();
      return { totals: totalsNow(), random: random.save(), ...(learnt && { emitter: learnt }) };
    },
  };
}

/** As protocol/archive/elite.ts has it, but told by the genomes: a digest of a direct one costs as much as drawing it. */
function isGoalSwitch(classId: number, parent: Elite | undefined, previous: Elite | undefined): boolean {
  if (parent === undefined || parent.classId === classId) return false;
  return previous === undefined || !isSameGenome(parent.candidate, previous.candidate);
}
