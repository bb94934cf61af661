import type { Elite } from '../../protocol/archive/elite.js';
import { standardNormal } from '../../protocol/base/standard-normal.js';
import { type CmaState, readCmaState, writeCmaState } from './cma-state.js';
import type { EmitterMaker, Offspring, Outcome } from './emitter.js';
import { foundedOffspring } from './founding.js';
import { parameterCount, parametersOf } from './parameters.js';
import { drawParent } from './selection.js';
import { generationSize, learn, type SearchDistribution, startAt } from './separable-cma.js';

/** Standard deviation that a search begins with, in units of a genome's parameters. */
const SIGMA = 0.05;

/** A search that has begun from an elite. */
interface Search {
  readonly from: Elite;
  readonly distribution: SearchDistribution;
}

/**
 * A search for what improves the archive (Fontaine and others 2020, "Covariance matrix adaptation for the rapid
 * illumination of behavior space"; ranked as pyribs' CMA-MAE emitters are): offspring are drawn from a normal
 * distribution, which moves, after each generation, to those that improved the archive most. Where none did, or
 * something else took the cell of the elite that the search descends from, a new search begins at an elite drawn as a
 * parent. The covariances are a diagonal. A generation is a visit.
 */
export const createCmaEmitter: EmitterMaker = (parts) => {
  const { archive, spec, random } = parts;
  const parameters = parametersOf(spec.encoding);
  const count = parameterCount(spec);
  const size = generationSize(count);
  let search: Search | undefined;
  /** Of a search whose elite is not looked up yet. */
  let saved: CmaState | undefined = parts.saved && readCmaState(parts.saved, count);
  let told: Ranked[] = [];
  let wanted = size;
  let asked: Offspring[] = [];

  function current(): Search {
    const { classId, digest } = stateOf(search) ?? saved ?? { classId: -1, digest: '' };
    const from = archive.elite(classId);
    const distribution = search?.distribution ?? saved?.distribution;
    saved = undefined;
    if (from === undefined || from.candidate.digest !== digest || distribution === undefined) {
      const parent = drawParent(archive, spec.evolution.parents, random);
      return { from: parent, distribution: startAt(parameters.read(parent.candidate.genome), SIGMA) };
    }
    return { from, distribution };
  }

  function child(): Offspring {
    search ??= current();
    const { mean, diagonal, sigma } = search.distribution;
    const values = mean.map(
      (value, i) => value + sigma * Math.sqrt(diagonal[i] as number) * standardNormal(random),
    );
    const offspring = { genome: parameters.write(values, search.from.candidate.genome), parent: search.from };
    asked.push(offspring);
    return offspring;
  }

  function endGeneration(): void {
    if (search === undefined) return;
    const ranked = told.sort((a, b) => b.improvement - a.improvement || b.margin - a.margin);
    const [best] = ranked;
    const from = best && best.improvement > 0 ? eliteOf(best.outcome) : undefined;
    const genomes = ranked.map(({ outcome }) => parameters.read(outcome.offspring.genome));
    search = from && { from, distribution: learn(search.distribution, genomes) };
    told = [];
  }

  /** The cell that a picture holds: the one that it is surest of. */
  function eliteOf({ offspring, confidences }: Outcome): Elite | undefined {
    let held: Elite | undefined;
    for (const [classId, confidence] of confidences.entries()) {
      if (confidence <= (held?.confidence ?? 0)) continue;
      const elite = archive.elite(classId);
      if (elite?.candidate.genome === offspring.genome) held = elite;
    }
    return held;
  }

  function marginOf({ confidences }: Outcome): number {
    let margin = Number.NEGATIVE_INFINITY;
    for (const [classId, confidence] of confidences.entries()) {
      margin = Math.max(margin, Math.log(confidence) - Math.log(archive.confidences[classId] ?? 1));
    }
    return Number.isNaN(margin) ? Number.NEGATIVE_INFINITY : margin;
  }

  return {
    ask(n) {
      if (told.length > 0) return Array.from({ length: Math.min(n, wanted - told.length) }, child);
      // Between two generations, whatever was asked for and never told is forgotten.
      asked = [];
      if (search) search = stillHeld(search) ? search : undefined;
      wanted = Math.max(size, n);
      return foundedOffspring(parts, n, child);
    },
    tell(outcomes) {
      for (const outcome of outcomes) {
        if (!asked.includes(outcome.offspring)) continue;
        told.push({ outcome, improvement: outcome.improvement, margin: marginOf(outcome) });
      }
      asked = [];
      if (told.length >= wanted) endGeneration();
    },
    save() {
      const state = stateOf(search) ?? saved;
      return state && writeCmaState(state);
    },
    get visiting() {
      return told.length > 0;
    },
    report: { neutral: 0 },
  };

  function stillHeld({ from }: Search): boolean {
    return archive.elite(from.classId) === from;
  }
};

interface Ranked {
  readonly outcome: Outcome;
  readonly improvement: number;
  /** The greatest of ln p − ln of the elite's, over all cells: how near it came to one. */
  readonly margin: number;
}

function stateOf(search: Search | undefined): CmaState | undefined {
  if (search === undefined) return undefined;
  const { from, distribution } = search;
  return { classId: from.classId, digest: from.candidate.digest, distribution };
}
