import type { StoredGenome, StoredJump, StoreReader } from '../store/store.js';
import { imageFileName } from './file-name.js';

/** What the tables say of an elite, in the order of their columns. */
export interface EliteRow {
  readonly classId: number;
  readonly label: string;
  readonly confidence: number;
  /** SHA-256 of the genome. */
  readonly digest: string;
  /** Evaluations of the whole run when it took the cell. */
  readonly evaluation: number;
  /** Where it was born, and that island's evaluations then. */
  readonly island: number;
  readonly islandEvaluation: number;
  /** When it took the cell; ISO 8601, UTC. */
  readonly time: string;
  readonly encoding: string;
  /** Bytes of the genome. */
  readonly genomeBytes: number;
  /** null: a direct genome has none. */
  readonly nodes: number | null;
  readonly connections: number | null;
  /** null: it was there at the beginning. */
  readonly parent: string | null;
  readonly parentClass: number | null;
  readonly goalSwitch: boolean;
  /** The image's file in `images/`. */
  readonly image: string;
}

/** A row for every elite, in class order. */
export function eliteTable(reader: Pick<StoreReader, 'elites' | 'labels'>): EliteRow[] {
  return reader.elites().map(({ jump, genome }) => eliteRow(jump, genome, reader.labels));
}

/** The row of the elite that a jump put into its cell. */
export function eliteRow(jump: StoredJump, genome: StoredGenome, labels: readonly string[]): EliteRow {
  const { classId, confidence } = jump;
  const label = labels[classId] ?? '';
  return {
    classId,
    label,
    confidence,
    digest: genome.digest,
    evaluation: jump.evaluation,
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
    image: imageFileName(classId, label, confidence, labels.length),
  };
}

const COLUMNS = {
  classId: 'class_id',
  label: 'label',
  confidence: 'confidence',
  digest: 'digest',
  evaluation: 'evaluation',
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
} as const satisfies Record<keyof EliteRow, string>;

/** The table as CSV (RFC 4180: lines end in CR LF, quotes are doubled), with a heading; null is an empty field. */
export function toCsv(rows: readonly EliteRow[]): string {
  const fields = rows.map((row) => Object.keys(COLUMNS).map((key) => row[key as keyof EliteRow]));
  return [Object.values(COLUMNS), ...fields].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

function csvField(value: string | number | boolean | null): string {
  const text = `${value ?? ''}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
