import { type Archive, createArchive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { type RandomStream, restoreRandom } from '../../protocol/base/random.js';
import { forwardPasses } from '../../protocol/spec/forward-passes.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { addToShare } from '../../protocol/wire/emitter-share.js';
import type { Checkpoint } from '../../protocol/wire/messages.js';
import { NO_TOTALS, type Totals } from '../../protocol/wire/totals.js';
import type { EmitterMaker, Outcome } from '../emitter/emitter.js';
import { shareIn } from '../emitter/share.js';
import type { Scorer } from '../scorer.js';
import { createEvaluation, type Evaluated } from './evaluation.js';
import { createGuests } from './guests.js';
import { insert } from './insertion.js';

/** What an island is made of. */
export interface IslandParts {
  readonly island: number;
  readonly spec: RunSpec;
  /** The island's own stream; ignored where a checkpoint brings its state. */
  readonly random: RandomStream;
  readonly scorer: Scorer;
  /** Makes the island's emitter. */
  readonly emitter: EmitterMaker;
  /** Go on from here instead of founding an island. */
  readonly checkpoint?: Checkpoint;
}

/** How far a step may go. */
export interface StepLimit {
  readonly evaluations: number;
  /** Forward passes: the step ends with the batch that reaches them. */
  readonly cost?: number;
}

/** One population: its own archive, its own random stream, one classifier session. */
export interface Island {
  readonly archive: Archive;
  /**
   * Evaluates so many offspring at the most, one batch of them (or one generation, as the spec says; or all of a visit of
   * the emitter), and merges them.
   * Returns every elite that won a cell, in order, those too that lost it again within the step. Given the same spec,
   * state and engine, the same every time.
   */
  step(limit: number | StepLimit): Promise<readonly Elite[]>;
  /**
   * Merges elites from elsewhere; returns those that won a cell. Elites that the archive refuses are left out; those that lose may
   * still breed, if `migration.replacement` says so.
   */
  receive(elites: Iterable<Elite>): readonly Elite[];
  /** Since it was founded. */
  readonly totals: Totals;
  /** Everything, besides the archive and its guests, that the next step depends on. */
  checkpoint(): Checkpoint;
}

export function createIsland(parts: IslandParts): Island {
  const { island, spec, checkpoint } = parts;
  const { evolution } = spec;
  const random = checkpoint ? restoreRandom(checkpoint.random) : parts.random;
  const archive = createArchive(spec.classes);
  const guests = createGuests(archive);
  const totals = { ...NO_TOTALS, ...checkpoint?.totals };
  // An earlier Atoll did not count it, and took no gradients.
  totals.cost = Math.max(totals.cost, totals.evaluations);
  const emitter = parts.emitter({
    archive: guests,
    spec,
    island,
    random,
    generation: () => totals.generations,
    evaluations: () => totals.evaluations,
    ...(checkpoint?.emitter && { saved: checkpoint.emitter }),
  });
  const evaluate = createEvaluation({ scorer: parts.scorer, passes: forwardPasses(spec) }, totals);
  const into = { archive, island, totals };

  function insertAll(evaluated: readonly Evaluated[], won: Elite[]): void {
    const outcomes: Outcome[] = evaluated.map((one) => ({
      offspring: one.offspring,
      confidences: one.confidences,
      cost: one.cost,
      ...(one.gradient && { gradient: one.gradient }),
      ...insert(one, into, won),
    }));
    if (emitter.name) addToShare(totals, emitter.name, shareIn(outcomes));
    emitter.tell(outcomes);
  }

  const totalsNow = (): Totals => ({ ...totals, neutral: totals.neutral + emitter.report.neutral });

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
      const { evaluations, cost = Number.POSITIVE_INFINITY } =
        typeof limit === 'number' ? { evaluations: limit } : limit;
      const founded = totals.evaluations;
      const spent = totals.cost;
      let todo = Math.min(evaluations, left);
      do {
        const evaluated = await evaluate(emitter.ask(Math.min(todo, spec.batch)));
        todo -= evaluated.length;
        if (evolution.insertion === 'steady-state') insertAll(evaluated, won);
        else waiting.push(...evaluated);
        // A visit goes on beyond the end of a generation, but not beyond that of the budget.
        if (emitter.visiting) todo = evaluations - (totals.evaluations - founded);
      } while (
        todo > 0 &&
        totals.cost - spent < cost &&
        (emitter.visiting || evolution.insertion === 'generation')
      );
      insertAll(waiting, won);
      const beyond = totals.evaluations - founded - left;
      if (beyond > 0) totals.generations += 1 + Math.floor(beyond / evolution.generation);
      else if (leftInGeneration() >= left) totals.generations++;
      return won;
    },
    receive(elites) {
      const won: Elite[] = [];
      for (const elite of elites) {
        if (archive.reject(elite) !== undefined) continue;
        if (archive.merge(elite).status !== 'not-added') won.push(elite);
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
