import { decodeGenome } from '../../protocol/encodings/codec.js';
import { InvalidGenomeError } from '../../protocol/encodings/faults.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import type { IslandLink } from '../../protocol/transport/transport.js';
import type { Audit } from '../../protocol/wire/messages.js';

/** Images that the coordinator asks an island to score. They change nothing of the island's own state. */
export interface Audits {
  /** Takes in a question. The oldest are dropped when too many wait. */
  add(audit: Audit): void;
  /**
   * Answers some of them, in one call of the network: when there are as many as it is given at once anyway, or when the
   * last call is a second ago. All of them when the island `rests`. Cheap when nothing waits.
   */
  answer(rests?: boolean): Promise<void>;
}

/** Questions that wait at the most. */
const WAITING = 64;
/** A network that is given many images at once takes about as long for one. */
const SECONDS = 1;

export function createAudits(parts: {
  readonly island: number;
  /** Images that the network is given at once. */
  readonly batch: number;
  /** Gives the confidences of genomes, shape [genomes, classes]. */
  readonly score: (genomes: readonly Genome[]) => Promise<Float32Array>;
  readonly classes: number;
  readonly link: Pick<IslandLink, 'audited'>;
  /** Seconds, monotone. */
  readonly clock: () => number;
}): Audits {
  const { island, batch, score, classes, link, clock } = parts;
  let waiting: Question[] = [];
  let answeredAt = Number.NEGATIVE_INFINITY;

  async function answerSome(): Promise<void> {
    const questions = waiting.slice(0, batch);
    waiting = waiting.slice(batch);
    const rows = await score(questions.map(({ genome }) => genome));
    answeredAt = clock();
    questions.forEach(({ audit: { number, classIds } }, i) => {
      const row = rows.subarray(i * classes, (i + 1) * classes);
      const confidences = classIds.map((classId) => row[classId] ?? Number.NaN);
      link.audited({ island, number, confidences });
    });
  }

  return {
    add(audit) {
      const genome = genomeOf(audit);
      if (genome) waiting = [...waiting, { audit, genome }].slice(-WAITING);
    },
    async answer(rests = false) {
      while (waiting.length > 0) {
        if (!rests && waiting.length < batch && clock() - answeredAt < SECONDS) return;
        await answerSome();
        if (!rests) return;
      }
    },
  };
}

interface Question {
  readonly audit: Audit;
  readonly genome: Genome;
}

/** Undefined for bytes that are not a genome: to say nothing is the only answer. */
function genomeOf({ genome }: Audit): Genome | undefined {
  try {
    return decodeGenome(genome);
  } catch (error) {
    if (error instanceof InvalidGenomeError) return undefined;
    throw error;
  }
}
