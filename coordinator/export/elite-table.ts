import type { EliteFacts } from '../../protocol/wire/elite-facts.js';
import type { StoredElite, StoredGenome, StoredJump } from '../store/store.js';
import { csvOf } from './csv.js';
import type { Making } from './picture.js';
import { cutLabel } from './shown-label.js';

/** What is told of a picture that was made of an elite. */
export interface PictureFacts {
  /** Its file, from the export's directory; null: it is on the sheet only. */
  readonly image: string | null;
  /** What the network gives this picture: measured, unless it is what the network saw. */
  readonly imageConfidence: number;
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly imageMaking: Making;
}

/** What the tables say of an elite, in the order of their columns; null throughout where no picture was made of it. */
export type ExportRow = EliteFacts & { readonly [Key in keyof PictureFacts]: PictureFacts[Key] | null };

const NO_PICTURE = {
  image: null,
  imageConfidence: null,
  imageWidth: null,
  imageHeight: null,
  imageMaking: null,
} as const satisfies Record<keyof PictureFacts, null>;

/** A row for every elite, in their order; `pictures` by class. */
export function eliteTable(
  elites: readonly StoredElite[],
  labels: readonly string[],
  pictures: ReadonlyMap<number, PictureFacts>,
): ExportRow[] {
  return elites.map(({ jump, genome }) => ({
    ...eliteFacts(jump, genome, labels),
    ...(pictures.get(jump.classId) ?? NO_PICTURE),
  }));
}

/** What is told of the elite that a jump put into its cell. */
export function eliteFacts(jump: StoredJump, genome: StoredGenome, labels: readonly string[]): EliteFacts {
  const { classId, confidence } = jump;
  return {
    classId,
    label: cutLabel(labels[classId] ?? ''),
    confidence,
    digest: genome.digest,
    evaluation: jump.evaluation,
    cost: jump.cost,
    island: genome.island,
    islandEvaluation: genome.evaluation,
    time: new Date(jump.time).toISOString(),
    encoding: genome.encoding,
    genomeBytes: genome.size,
    nodes: genome.nodes ?? null,
    connections: genome.connections ?? null,
    parent: genome.parent?.digest ?? null,
    parentClass: genome.parent?.classId ?? null,
    goalSwitch: jump.goalSwitch,
  };
}

const COLUMNS = {
  classId: 'class_id',
  label: 'label',
  confidence: 'confidence',
  digest: 'digest',
  evaluation: 'evaluation',
  cost: 'cost',
  island: 'island',
  islandEvaluation: 'island_evaluation',
  time: 'time',
  encoding: 'encoding',
  genomeBytes: 'genome_bytes',
  nodes: 'nodes',
  connections: 'connections',
  parent: 'parent',
  parentClass: 'parent_class',
  goalSwitch: 'goal_switch',
  image: 'image',
  imageConfidence: 'image_confidence',
  imageWidth: 'image_width',
  imageHeight: 'image_height',
  imageMaking: 'image_making',
} as const satisfies Record<keyof ExportRow, string>;

/** The table as CSV, with a heading. */
export function toCsv(rows: readonly ExportRow[]): string {
  const fields = rows.map((row) => Object.keys(COLUMNS).map((key) => row[key as keyof ExportRow]));
  return csvOf([Object.values(COLUMNS), ...fields]);
}
