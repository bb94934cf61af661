import { createHash } from 'node:crypto';
import { connect } from '../../coordinator/store/connection.js';

/** Everything that `archive.db` keeps of a run's history, but for times; rows have their ids. */
const HISTORY = {
  jump: `SELECT id, class_id, genome_id, confidence, previous_confidence, goal_switch, evaluation FROM jump ORDER BY id`,
  genome: `SELECT id, lower(hex(digest)) AS digest, encoding, lower(hex(bytes)) AS bytes, size, nodes, connections,
    lower(hex(parent)) AS parent, parent_class, island, evaluation FROM genome ORDER BY id`,
  elite: 'SELECT * FROM elite ORDER BY class_id',
} as const;

/** What is known of a run's history, and one number to compare it by. */
export interface History {
  readonly jumps: number;
  readonly goalSwitches: number;
  /** SHA-256 of all rows. */
  readonly digest: string;
  /** Genomes whose parent is not stored. */
  readonly orphans: number;
  /** Elites whose line of parents ends at no random image. */
  readonly unfounded: number;
}

export function historyIn(path: string): History {
  const connection = connect(path, 'read');
  const count = (sql: string) => Number(connection.rows(`SELECT (${sql}) AS count`)[0]?.count);
  const hash = createHash('sha256');
  for (const sql of Object.values(HISTORY)) hash.update(JSON.stringify(connection.rows(sql)));
  const history = {
    jumps: count('SELECT count(*) FROM jump'),
    goalSwitches: count('SELECT coalesce(sum(goal_switch), 0) FROM jump'),
    digest: hash.digest('hex'),
    orphans: count(`SELECT count(*) FROM genome AS child WHERE parent IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM genome WHERE digest = child.parent)`),
    unfounded: count(`SELECT count(*) FROM elite WHERE NOT EXISTS
      (SELECT 1 FROM lineage WHERE lineage.class_id = elite.class_id AND lineage.parent = '')`),
  };
  connection.close();
  return history;
}
