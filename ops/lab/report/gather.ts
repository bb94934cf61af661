import { type ExportRow, eliteTable } from '../../../coordinator/export/elite-table.js';
import { shownLabel } from '../../../coordinator/export/shown-label.js';
import type { CurvePoint } from '../../../coordinator/gallery/curve.js';
import { createRunCurve } from '../../../coordinator/gallery/run-curve.js';
import { archiveDigest } from '../../../coordinator/intake/archive-digest.js';
import { readCandidate, restoreArchive } from '../../../coordinator/intake/restore.js';
import type { StoredGenome, StoreReader } from '../../../coordinator/store/store.js';
import { type ArchiveSummary, summarise } from '../../../protocol/archive/summary.js';
import type { Drawer } from '../../../protocol/drawing/drawer.js';
import { drawFor, type Sight } from '../../../protocol/drawing/sight.js';
import type { Digest } from '../../../protocol/encodings/genome.js';
import { pictureData } from '../images/picture-data.js';
import type { RunSource } from '../run-source.js';
import { type PaidShare, paidShares } from './emitter-shares.js';
import { countSwitches, type Descent, type GoalSwitches } from './goal-switches.js';
import { mostTravelled, stations } from './lineage.js';
import type { Station } from './lineage-figure.js';

/** All that a report tells of a run but what experiments found. */
export interface RunStory {
  readonly summary: ArchiveSummary;
  readonly evaluations: number;
  /** Forward passes. */
  readonly cost: number;
  /** What each of several emitters made of its share; empty where there is one, which has all. */
  readonly emitters: readonly PaidShare[];
  readonly jumps: number;
  readonly islands: number;
  readonly curve: readonly CurvePoint[];
  readonly switches: GoalSwitches;
  readonly lineage?: {
    readonly label: string;
    readonly switches: number;
    readonly generations: number;
    readonly stations: readonly Station[];
  };
  readonly rows: readonly ExportRow[];
  /** SHA-256 of the archive. */
  readonly archiveDigest: string;
}

const CURVE_POINTS = 400;
const STATIONS = 21;

/** Reads the story of a run from its archive, as of this moment. */
export async function gatherStory(source: RunSource, drawer: Drawer, sight: Sight): Promise<RunStory> {
  const { reader } = source;
  const { labels } = reader;
  const { emitters } = source.run.spec.evolution;
  const evaluations = evaluationsOf(reader);
  const cost = costOf(reader);
  const curve = createRunCurve({ store: reader, spent: () => ({ evaluations, cost }), most: CURVE_POINTS });
  const stored = reader.elites();
  const history = reader.history();
  const genomes = new Map<Digest, StoredGenome | undefined>();
  const lookup = (digest: Digest) => {
    if (!genomes.has(digest)) genomes.set(digest, reader.genome(digest));
    return genomes.get(digest);
  };
  const descents = history.flatMap(({ digest, classId }): Descent[] => {
    const parent = lookup(digest)?.parent;
    return parent ? [{ from: parent.classId, to: classId }] : [];
  });
  const roots = stored.map(({ jump }) => ({ classId: jump.classId, digest: jump.digest }));
  const travelled = mostTravelled(roots, lookup);
  const members = travelled ? stations(travelled, STATIONS) : [];
  const shown: Station[] = [];
  for (const { genome, classId } of members) {
    const image = imageOf(genome, drawer, sight);
    shown.push({
      label: shownLabel(labels[classId] ?? ''),
      ...(image && { image: await pictureData(image, 104) }),
      evaluation: genome.evaluation,
      descendants: travelled?.descendants.get(genome.digest) ?? 0,
    });
  }
  return {
    summary: summarise(reader.confidences(), stored.length),
    evaluations,
    cost,
    emitters: emitters.length > 1 ? paidShares(reader, emitters) : [],
    jumps: history.length,
    islands: reader.islands().length,
    curve: await curve.points(),
    switches: countSwitches(descents, labels.length),
    ...(travelled && {
      lineage: {
        label: shown.at(-1)?.label ?? '',
        switches: travelled.switches,
        generations: travelled.line.length,
        stations: shown,
      },
    }),
    rows: eliteTable(stored, labels, new Map()),
    archiveDigest: archiveDigest(restoreArchive(reader)),
  };
}

/** Of all islands. */
export function evaluationsOf(reader: Pick<StoreReader, 'islands'>): number {
  return reader.islands().reduce((sum, { checkpoint }) => sum + (checkpoint?.totals.evaluations ?? 0), 0);
}

/** Forward passes of all islands; a run of an earlier Atoll did not count them, and an evaluation was one. */
export function costOf(reader: Pick<StoreReader, 'islands'>): number {
  return reader.islands().reduce((sum, { checkpoint }) => {
    const { evaluations = 0, cost = 0 } = checkpoint?.totals ?? {};
    return sum + Math.max(evaluations, cost);
  }, 0);
}

/** Bytes of direct genomes are kept of elites alone. */
function imageOf({ bytes, ...genome }: StoredGenome, drawer: Drawer, sight: Sight) {
  return bytes && drawFor(drawer, readCandidate({ ...genome, bytes }).genome, sight);
}
