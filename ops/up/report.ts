import type { Coordinator } from '../../coordinator/coordinator.js';
import { archiveDigest } from '../../coordinator/intake/archive-digest.js';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import type { Threshold } from '../../protocol/archive/summary.js';
import { type EmitterShare, shareOf } from '../../protocol/wire/emitter-share.js';

/** What `atoll up` ends with. */
export interface RunReport {
  readonly run: string;
  readonly directory: string;
  readonly model: string;
  readonly encoding: string;
  readonly preset: string;
  readonly seed: number;
  readonly classes: number;
  readonly evaluations: number;
  /** Forward passes. */
  readonly cost: number;
  /** Of one island, the mean of all. */
  readonly generations: number;
  /** Of this session: a resumed run's earlier sessions are left out, as in `evaluationsPerSecond`. */
  readonly seconds: number;
  readonly evaluationsPerSecond: number;
  readonly coverage: number;
  readonly median: number;
  readonly mean: number;
  readonly qdScore: number;
  readonly above: Readonly<Record<Threshold, number>>;
  readonly jumps: number;
  readonly goalSwitches: number;
  /** Offspring that were discarded undrawn, since they express what their parent does. */
  readonly neutral: number;
  readonly islands: number;
  /** What each emitter of the spec made of its share. */
  readonly emitters: Readonly<Record<string, EmitterShare>>;
  readonly renderSeconds: number;
  readonly classifySeconds: number;
  /** Equal for equal archives. */
  readonly archiveDigest: string;
  readonly ended: string;
}

/** @param before evaluations that the run had when this session began */
export function reportOf(
  { spec, path }: RunDirectory,
  coordinator: Coordinator,
  before: number,
  ended: string,
): RunReport {
  const { totals, seconds, coverage, median, mean, qdScore, above } = coordinator.summary();
  return {
    run: spec.name,
    directory: path,
    model: spec.model,
    encoding: spec.encoding,
    preset: spec.preset,
    seed: spec.seed,
    classes: spec.classes,
    evaluations: totals.evaluations,
    cost: totals.cost,
    generations: Math.round(totals.generations / spec.islands),
    seconds,
    evaluationsPerSecond: seconds > 0 ? (totals.evaluations - before) / seconds : 0,
    coverage,
    median,
    mean,
    qdScore,
    above,
    jumps: totals.jumps,
    goalSwitches: totals.goalSwitches,
    neutral: totals.neutral,
    islands: spec.islands,
    emitters: Object.fromEntries(spec.evolution.emitters.map((name) => [name, shareOf(totals, name)])),
    renderSeconds: totals.renderSeconds,
    classifySeconds: totals.classifySeconds,
    archiveDigest: archiveDigest(coordinator.archive),
    ended,
  };
}
