import type { StoredGenome } from '../../../coordinator/store/store.js';
import type { Digest } from '../../../protocol/encodings/genome.js';

/** An ancestor, or the elite itself, with the class whose cell it was drawn from as a parent (of the elite: its own). */
export interface Ancestor {
  readonly genome: StoredGenome;
  readonly classId: number;
}

/** The line of an elite, oldest first, and how often it changed its class. */
export interface Lineage {
  readonly line: readonly Ancestor[];
  readonly switches: number;
}

/** A genome as a line of parents needs it. */
type Lookup = (digest: Digest) => StoredGenome | undefined;

export interface Root {
  readonly classId: number;
  readonly digest: Digest;
}

/** The line from the oldest stored ancestor to an elite. A line that comes back to itself ends there. */
export function lineOf({ classId, digest }: Root, lookup: Lookup): Lineage {
  const line: Ancestor[] = [];
  const seen = new Set<Digest>();
  let next: Root | undefined = { classId, digest };
  let switches = 0;
  while (next !== undefined && !seen.has(next.digest)) {
    seen.add(next.digest);
    const genome = lookup(next.digest);
    if (genome === undefined) break;
    line.push({ genome, classId: next.classId });
    const { parent } = genome;
    if (parent && parent.classId !== next.classId) switches++;
    next = parent;
  }
  return { line: line.reverse(), switches };
}

/** The lineage that changed its class most often, and of every genome in it how many of the elites descend from it. */
export interface Travelled extends Lineage {
  readonly descendants: ReadonlyMap<Digest, number>;
}

/** The most travelled of the elites' lineages; of equals the longer one, then that of the smaller class. */
export function mostTravelled(elites: readonly Root[], lookup: Lookup): Travelled | undefined {
  const known = new Map<Digest, StoredGenome | undefined>();
  const remembered: Lookup = (digest) => {
    if (!known.has(digest)) known.set(digest, lookup(digest));
    return known.get(digest);
  };
  const descendants = new Map<Digest, number>();
  let best: Lineage | undefined;
  for (const elite of elites) {
    const lineage = lineOf(elite, remembered);
    for (const { genome } of lineage.line) {
      descendants.set(genome.digest, (descendants.get(genome.digest) ?? 0) + 1);
    }
    const further = lineage.switches - (best?.switches ?? -1);
    if (further > 0 || (further === 0 && lineage.line.length > (best?.line.length ?? 0))) best = lineage;
  }
  return best && { ...best, descendants };
}

/** The members at which the class changes, the first and the last: at most `most`, evenly spaced. */
export function stations({ line }: Lineage, most: number): readonly Ancestor[] {
  const turns = line.filter(
    ({ classId }, i) => i === 0 || i === line.length - 1 || classId !== line[i - 1]?.classId,
  );
  if (turns.length <= most) return turns;
  const chosen = Array.from({ length: most }, (_, i) => Math.round((i * (turns.length - 1)) / (most - 1)));
  return chosen.flatMap((at) => turns[at] ?? []);
}
