import type { Encoding } from '../../protocol/encodings/genome.js';
import { ENCODING_NAMES, isEncoding } from '../../protocol/encodings/names.js';
import type { Connection, Value } from './connection.js';
import { blob, digest, integer, optional, real, type SqlRow, text } from './rows.js';
import { SPREAD_COST } from './schema.js';
import type { StoredGenome, StoredJump } from './store.js';
import { explain } from './store-errors.js';

/** Every row of a statement, read by `read`; a row that makes no sense is a damaged file. */
export type Query = <T>(read: (row: SqlRow) => T, sql: string, ...values: readonly Value[]) => T[];

export function createQuery(connection: Connection, path: string): Query {
  return (read, sql, ...values) => {
    try {
      return connection.rows(sql, ...values).map(read);
    } catch (error) {
      throw explain(error, path);
    }
  };
}

/** What {@link readJump} reads, of `jump` and `genome`, and of `island` in an archive of an earlier version. */
export function jumpColumns(all: Query): string {
  return `jump.id, jump.class_id, jump.confidence, jump.previous_confidence, jump.goal_switch,
  jump.evaluation AS run_evaluation, ${jumpCost(all)} AS cost, jump.time, genome.digest`;
}

/** A jump's forward passes, as SQL. Asked for each time: a writer may upgrade the file while it is read. */
export function jumpCost(all: Query): string {
  const has = (table: string) =>
    all((row) => row, "SELECT 1 FROM pragma_table_info(?) WHERE name = 'cost'", table).length > 0;
  if (has('jump')) return 'jump.cost';
  return has('island') ? SPREAD_COST : 'jump.evaluation';
}

/** What {@link readGenome} reads, of `genome`. */
export const GENOME_COLUMNS = `genome.digest, genome.encoding, genome.bytes, genome.size, genome.nodes,
  genome.connections, genome.parent, genome.parent_class, genome.island, genome.evaluation`;

export function readJump(row: SqlRow): StoredJump {
  const previousConfidence = optional(real, row, 'previous_confidence');
  return {
    id: integer(row, 'id'),
    classId: integer(row, 'class_id'),
    digest: digest(row, 'digest'),
    confidence: real(row, 'confidence'),
    ...(previousConfidence !== undefined && { previousConfidence }),
    goalSwitch: integer(row, 'goal_switch') === 1,
    evaluation: integer(row, 'run_evaluation'),
    cost: integer(row, 'cost'),
    time: integer(row, 'time'),
  };
}

export function readGenome(row: SqlRow): StoredGenome {
  const bytes = optional(blob, row, 'bytes');
  const nodes = optional(integer, row, 'nodes');
  const connections = optional(integer, row, 'connections');
  const parent = optional(digest, row, 'parent');
  return {
    digest: digest(row, 'digest'),
    encoding: readEncoding(row),
    ...(bytes && { bytes }),
    size: integer(row, 'size'),
    ...(nodes !== undefined && { nodes }),
    ...(connections !== undefined && { connections }),
    ...(parent !== undefined && { parent: { digest: parent, classId: integer(row, 'parent_class') } }),
    island: integer(row, 'island'),
    evaluation: integer(row, 'evaluation'),
  };
}

function readEncoding(row: SqlRow): Encoding {
  const encoding = text(row, 'encoding');
  if (isEncoding(encoding)) return encoding;
  throw new TypeError(`the column encoding must be ${ENCODING_NAMES.join(' or ')}, but it is ${encoding}`);
}
