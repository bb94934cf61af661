import { compareElites } from '../../protocol/archive/elite.js';

/** The rows of `archive.db`, not checked yet. */
export interface ArchiveRows {
  readonly classIds: readonly number[];
  readonly elites: readonly EliteRow[];
  /** Ascending by id; all of them, or at least the last one of each class and those that elites refer to. */
  readonly jumps: readonly JumpRow[];
  readonly islands: readonly IslandRow[];
}

export interface EliteRow {
  readonly classId: number;
  readonly jumpId: number;
  readonly genomeId: number;
  readonly confidence: number;
}

export interface JumpRow {
  readonly id: number;
  readonly classId: number;
  readonly genomeId: number;
  readonly confidence: number;
  /** Of the genome; absent where there is no such genome. */
  readonly digest?: string;
  /** Whether the genome's bytes are stored. */
  readonly hasBytes: boolean;
}

export interface IslandRow {
  readonly number: number;
  /** Bytes of the random stream's state; absent where the island has no checkpoint. */
  readonly randomBytes?: number;
  readonly totals: readonly (number | undefined)[];
  readonly stateKnown: boolean;
}

/** Something that does not hold. `id` is a class's, a jump's, a genome's or an island's, as `subject` says. */
export interface Fault {
  readonly subject: 'class' | 'elite' | 'jump' | 'genome' | 'milestone' | 'island';
  readonly id: number;
  /** A clause: "class 3: its elite has the confidence 1.5, but its last jump has 0.97". */
  readonly problem: string;
}

const RANDOM_BYTES = 16;

/** All that is wrong with these rows; empty when every invariant holds. */
export function faultsOf(rows: ArchiveRows, classes: number): Fault[] {
  return [
    ...classFaults(rows.classIds, classes),
    ...jumpFaults(rows),
    ...eliteFaults(rows),
    ...rows.islands.flatMap(islandFaults),
  ];
}

function classFaults(ids: readonly number[], classes: number): Fault[] {
  const known = new Set(ids);
  const whole =
    known.size === classes && Array.from({ length: classes }, (_, id) => id).every((id) => known.has(id));
  if (whole) return [];
  const problem = `the table of classes has ${ids.length} rows, but the run has the classes 0 to ${classes - 1}`;
  return [{ subject: 'class', id: 0, problem }];
}

function jumpFaults({ classIds, jumps }: ArchiveRows): Fault[] {
  const known = new Set(classIds);
  const best = new Map<number, JumpRow>();
  return jumps.flatMap((jump): Fault[] => {
    const problem = jumpProblem(jump, known, best.get(jump.classId));
    if (problem !== undefined)
      return [{ subject: 'jump', id: jump.id, problem: `jump ${jump.id}: ${problem}` }];
    best.set(jump.classId, jump);
    return [];
  });
}

function jumpProblem(
  jump: JumpRow,
  known: ReadonlySet<number>,
  before: JumpRow | undefined,
): string | undefined {
  if (!known.has(jump.classId)) return `its class ${jump.classId} does not exist`;
  if (!isConfidence(jump.confidence)) return `its confidence ${jump.confidence} is not between 0 and 1`;
  if (jump.digest === undefined) return `its genome ${jump.genomeId} does not exist`;
  if (before === undefined || compareJumps(jump, before) <= 0) return undefined;
  return `class ${jump.classId} goes down, from ${before.confidence} to ${jump.confidence}`;
}

/** The total order of the archive over jumps: negative when `a` is the better. */
export function compareJumps(a: JumpRow, b: JumpRow): number {
  const side = ({ confidence, digest = '' }: JumpRow) => ({ confidence, candidate: { digest } });
  return compareElites(side(a), side(b));
}

function eliteFaults({ classIds, elites, jumps }: ArchiveRows): Fault[] {
  const byId = new Map(jumps.map((jump) => [jump.id, jump]));
  const last = new Map(jumps.map((jump) => [jump.classId, jump]));
  const known = new Set(classIds);
  const filled = new Set(elites.map(({ classId }) => classId));
  const faults = elites.flatMap((elite): Fault[] => {
    const { classId } = elite;
    const problem = known.has(classId)
      ? eliteProblem(elite, byId.get(elite.jumpId), last.get(classId))
      : 'there is no such class';
    return problem === undefined ? [] : [eliteFault(classId, problem)];
  });
  const empty = [...last.keys()].filter((classId) => known.has(classId) && !filled.has(classId));
  return [...faults, ...empty.map((classId) => eliteFault(classId, 'it has jumps, but no elite'))];
}

function eliteFault(classId: number, problem: string): Fault {
  return { subject: 'elite', id: classId, problem: `class ${classId}: ${problem}` };
}

function eliteProblem(
  elite: EliteRow,
  jump: JumpRow | undefined,
  last: JumpRow | undefined,
): string | undefined {
  if (last === undefined) return 'it has an elite, but no jump led to it';
  if (elite.confidence !== last.confidence)
    return `its elite has the confidence ${elite.confidence}, but its last jump has ${last.confidence}`;
  if (jump === undefined || elite.jumpId !== last.id)
    return `its elite is from jump ${elite.jumpId}, but its last jump is ${last.id}`;
  if (elite.genomeId !== last.genomeId)
    return `its elite has genome ${elite.genomeId}, but its last jump has ${last.genomeId}`;
  if (!last.hasBytes) return `its elite has genome ${elite.genomeId}, whose bytes are not stored`;
  return undefined;
}

function islandFaults({ number, randomBytes, totals, stateKnown }: IslandRow): Fault[] {
  const fault = (problem: string): Fault[] => [
    { subject: 'island', id: number, problem: `island ${number}: ${problem}` },
  ];
  if (!stateKnown) return fault('its state is not one that an island has');
  if (randomBytes === undefined) return [];
  if (randomBytes !== RANDOM_BYTES)
    return fault(`its random stream has ${randomBytes} bytes, but it must have ${RANDOM_BYTES}`);
  const sound = totals.every((total) => total !== undefined && Number.isFinite(total) && total >= 0);
  return sound ? [] : fault('its counters are missing or below 0');
}

/** Whether a jump can be part of a history: it has a confidence and a genome. */
export function isSound({ confidence, digest }: JumpRow): boolean {
  return isConfidence(confidence) && digest !== undefined;
}

function isConfidence(value: number): boolean {
  return value >= 0 && value <= 1;
}

/**
 * The jumps of one class that stay when `chosen` is to hold its cell: in their order, each better than the one before,
 * none better than `chosen`, which is the last of them. `jumps` are ascending by id; `sound` says which may stay.
 */
export function historyUpTo(
  chosen: JumpRow | undefined,
  jumps: readonly JumpRow[],
  sound: (jump: JumpRow) => boolean,
): JumpRow[] {
  if (chosen === undefined) return [];
  const kept: JumpRow[] = [];
  for (const jump of jumps) {
    const before = kept.at(-1);
    const rises = before === undefined || compareJumps(jump, before) < 0;
    const below = jump.id === chosen.id || compareJumps(jump, chosen) > 0;
    if (rises && below && sound(jump)) kept.push(jump);
  }
  return kept;
}
