import type { RandomStream } from '../../protocol/base/random.js';
import { trace } from '../../protocol/base/trace.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import { InvalidGenomeError } from '../../protocol/encodings/faults.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import type { AuditSpec } from '../../protocol/spec/audit-spec.js';
import type { Audit, Audited, Find } from '../../protocol/wire/messages.js';
import { createOpenAudits, type OpenAudit } from './open-audits.js';
import { createSampler } from './sampler.js';
import { toleranceBetween } from './tolerance.js';

/**
 * Audits of what islands send. An image of the sample goes to another island, which draws and scores it again. Where the
 * two differ by more than is honest, a referee decides which of them is wrong, where there is one; else the sender is
 * suspect, since nobody confirms what it says. An island that is alone is asked itself, which only finds what is wrong
 * now and then.
 */
export interface Audits {
  /** Asks about a sample of what an island sends; `confidences`: the best of every class before that is merged. */
  consider(sender: number, finds: readonly Find[], confidences: Float32Array): void;
  answered(answer: Audited): void;
  /** To be called now and then: forgets what was not answered in time. */
  expire(): void;
  readonly counts: AuditCounts;
}

/** `held`: within the tolerance. `differed`: beyond it. `unanswered`: within a minute. `alone`: asked of the sender. */
export const AUDIT_OUTCOMES = ['held', 'differed', 'unanswered', 'alone'] as const;
export type AuditCounts = Readonly<Record<(typeof AUDIT_OUTCOMES)[number], number>>;

/** What made an island suspect. */
export interface Suspicion {
  readonly island: number;
  /** The other island; the same where it was alone. */
  readonly by: number;
  readonly classId: number;
  /** What the sender of the image says, and what the island says that was asked. */
  readonly claimed: number;
  readonly scored: number;
}

/** Gives an image's confidences for classes, in their order, independently of all islands. Rejects when it cannot. */
export type Referee = (genome: Genome, classIds: readonly number[]) => Promise<readonly number[]>;

/** An island that may be asked. */
export interface Auditor {
  readonly number: number;
  /** As its heartbeats name it. */
  readonly device: string;
}

export interface AuditSettings {
  /** Unknown to the islands: one that lies must not be able to tell what is audited. */
  readonly random: RandomStream;
  /** Decides who is wrong where an island and its auditor differ. */
  readonly referee?: Referee;
}

export const NO_AUDITS: AuditCounts = { held: 0, differed: 0, unanswered: 0, alone: 0 };

interface AuditParts extends AuditSettings {
  readonly spec: AuditSpec;
  /** Whether a genome can have been born in this run. */
  readonly belongs: (genome: Genome) => boolean;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Islands that evolve now and are not suspect. */
  readonly auditors: () => readonly Auditor[];
  readonly isSuspect: (island: number) => boolean;
  readonly ask: (island: number, audit: Audit) => void;
  readonly onSuspect: (suspicion: Suspicion) => void;
}

export function createAudits(parts: AuditParts): Audits {
  const { spec, belongs, random, clock, auditors, isSuspect, ask, referee, onSuspect } = parts;
  const sampler = createSampler(spec, random, clock);
  const open = createOpenAudits(clock);
  const counts = { ...NO_AUDITS };
  const isSettled = ({ sender, asked }: OpenAudit) => isSuspect(sender) || isSuspect(asked);
  /** One dispute at a time: the first may settle the others. */
  let judging: Promise<void> = Promise.resolve();

  /** Another than the sender, drawn; the sender where it is alone. */
  function drawAuditor(sender: number): number | undefined {
    const present = auditors();
    const others = present.filter(({ number }) => number !== sender);
    const among = others.length > 0 ? others : present;
    return among[random.below(Math.max(1, among.length))]?.number;
  }

  function question(sender: number, find: Find): void {
    if (!('genome' in find) || !isDrawable(find.genome, belongs)) return;
    const asked = drawAuditor(sender);
    if (asked === undefined || !open.hasRoom(asked)) return;
    // Copied: the entry's bytes are a view of a whole message.
    const genome = new Uint8Array(find.genome);
    const { classIds, confidences: claimed } = find;
    const audit = open.add({ sender, asked, genome, classIds, claimed });
    if (asked === sender) counts.alone++;
    ask(asked, { number: audit.number, genome, classIds });
  }

  function toleranceOf({ sender, asked }: OpenAudit): number {
    if (spec.tolerance > 0) return spec.tolerance;
    // One that has left meanwhile cannot be asked what it ran on.
    const deviceOf = (island: number) => auditors().find(({ number }) => number === island)?.device ?? '';
    return toleranceBetween(deviceOf(sender), deviceOf(asked));
  }

  async function judge(audit: OpenAudit, scored: readonly number[], tolerance: number): Promise<void> {
    if (isSettled(audit)) return;
    const { sender, asked, claimed, genome, classIds } = audit;
    const worst = worstOf(claimed, scored);
    const suspicion = {
      by: asked,
      classId: classIds[worst] ?? 0,
      claimed: claimed[worst] ?? Number.NaN,
      scored: scored[worst] ?? Number.NaN,
    };
    // A referee that cannot score says nothing of either.
    const truth = await referee?.(decodeGenome(genome), classIds).catch((error: unknown) =>
      trace('scoring an audited image on the coordinator', error),
    );
    const senderIsRight = truth !== undefined && agree(truth, claimed, tolerance);
    if (senderIsRight && asked !== sender) onSuspect({ ...suspicion, island: asked, by: sender });
    else onSuspect({ ...suspicion, island: sender });
  }

  return {
    consider(sender, finds, confidences) {
      for (const find of finds) if (sampler.takes(find, confidences)) question(sender, find);
    },
    answered(answer) {
      const audit = open.close(answer);
      if (audit === undefined || isSettled(audit)) return;
      const tolerance = toleranceOf(audit);
      if (agree(audit.claimed, answer.confidences, tolerance)) {
        counts.held++;
        return;
      }
      counts.differed++;
      judging = judging.then(() => judge(audit, answer.confidences, tolerance));
    },
    expire() {
      counts.unanswered += open.expire();
    },
    get counts() {
      return { ...counts };
    },
  };
}

function isDrawable(bytes: Uint8Array, belongs: (genome: Genome) => boolean): boolean {
  try {
    return belongs(decodeGenome(bytes));
  } catch (error) {
    if (error instanceof InvalidGenomeError) return false;
    throw error;
  }
}

/** Written so that what is no number agrees with nothing. */
function agree(some: readonly number[], others: readonly number[], tolerance: number): boolean {
  return some.every((confidence, i) => Math.abs(confidence - (others[i] ?? Number.NaN)) <= tolerance);
}

/** Where two lists differ most; what is no number differs most of all. */
function worstOf(some: readonly number[], others: readonly number[]): number {
  const differences = some.map((confidence, i) => Math.abs(confidence - (others[i] ?? Number.NaN)));
  const noNumber = differences.findIndex(Number.isNaN);
  return noNumber >= 0 ? noNumber : differences.indexOf(Math.max(...differences));
}
