import { type Archive, createArchive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { NO_TOTALS } from '../../protocol/wire/totals.js';
import { insert } from '../island/insertion.js';
import type { Island } from '../island/island.js';
import type { Ascent, Sight } from './ascent.js';

/** How far an ascent has come. */
export interface AscentProgress {
  readonly classId: number;
  /** Looks taken, from 1. */
  readonly step: number;
  readonly confidence: number;
  /** The greatest so far. */
  readonly best: number;
}

/** What an ascent came to. */
export interface AscentResult {
  readonly classId: number;
  readonly steps: number;
  /** The greatest confidence on the way, and its genome. */
  readonly best: number;
  readonly genome: Sight['genome'];
  /** The first step whose confidence was at least so much, by milestone; absent: none was. */
  readonly milestones: Readonly<Record<string, number>>;
}

/**
 * An island whose pictures come from ascents, one class after the other, instead of from an emitter. Each look is an
 * evaluation, and is compared with all cells, as everywhere. An ascent ends at the last milestone.
 */
export function createAscentIsland(parts: {
  readonly island: number;
  readonly classes: number;
  /** Each is made when its turn comes. */
  readonly ascents: Iterator<Ascent>;
  /** Ascending; the last one ends an ascent. */
  readonly milestones: readonly number[];
  readonly random: RandomStream;
  readonly onStep: (progress: AscentProgress) => void;
  readonly onEnd: (result: AscentResult) => void;
}): Island & { readonly done: boolean } {
  const { island, ascents, milestones, random, onStep, onEnd } = parts;
  const archive: Archive = createArchive(parts.classes);
  const totals = { ...NO_TOTALS };
  const last = milestones.at(-1) ?? 1;
  let current: Course | undefined;
  let done = false;

  function begin(): Course | undefined {
    const { value, done: over } = ascents.next();
    done = over === true;
    return over ? undefined : { ascent: value, steps: 0, best: -1, genome: undefined, reached: {} };
  }

  function end({ ascent, steps, best, genome, reached }: Course): void {
    if (genome) onEnd({ classId: ascent.classId, steps, best, genome, milestones: reached });
    current = undefined;
  }

  function take(course: Course, sight: Sight, won: Elite[]): void {
    const { classId } = course.ascent;
    const confidence = sight.confidences[classId] ?? 0;
    course.steps++;
    totals.evaluations++;
    totals.cost += sight.cost;
    if (confidence > course.best) Object.assign(course, { best: confidence, genome: sight.genome });
    for (const milestone of milestones) {
      if (confidence >= milestone) course.reached[milestone] ??= course.steps;
    }
    const evaluated = {
      offspring: { genome: sight.genome },
      evaluation: totals.evaluations,
      spent: totals.cost,
      confidences: sight.confidences,
      cost: sight.cost,
    };
    insert(evaluated, { archive, island, totals }, won);
    onStep({ classId, step: course.steps, confidence, best: course.best });
  }

  return {
    archive,
    get done() {
      return done;
    },
    async step() {
      const won: Elite[] = [];
      current ??= begin();
      if (current === undefined) return won;
      const sight = await current.ascent.next();
      if (sight) take(current, sight, won);
      if (sight === undefined || current.best >= last) end(current);
      return won;
    },
    // Nobody else is there.
    receive: () => [],
    get totals() {
      return { ...totals };
    },
    checkpoint: () => ({ totals: { ...totals }, random: random.save() }),
  };
}

interface Course {
  readonly ascent: Ascent;
  steps: number;
  best: number;
  genome: Sight['genome'] | undefined;
  readonly reached: Record<string, number>;
}
