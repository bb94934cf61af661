import { COUNTERS } from '../../protocol/wire/totals.js';
import { LOWERED } from './lowered.js';

/** "ATOL": what `file archive.db` and SQLite's header call a database of ours. */
export const APPLICATION_ID = 0x41544f4c;

/** Raised whenever a table changes its meaning. */
export const SCHEMA_VERSION = 6;

const MIGRATION = `
CREATE TABLE migration (
  time INTEGER NOT NULL,
  source INTEGER NOT NULL,
  island INTEGER NOT NULL,
  moved INTEGER NOT NULL,
  won INTEGER NOT NULL,
  PRIMARY KEY (time, source, island)
) STRICT, WITHOUT ROWID;
`;

const GAP = `
CREATE VIEW gap AS
SELECT time, detail ->> 'island' AS island, detail ->> 'dropped' AS dropped,
  detail ->> 'fromEvaluation' AS from_evaluation, detail ->> 'toEvaluation' AS to_evaluation
FROM event WHERE kind = 'history-gap';
`;

/**
 * Until version 3 an island told only of the best elite of each class in a while: what else it won is a gap, and so is
 * the line of parents through it. The evaluation of those jumps is what the run had done when they were merged.
 */
const THINNED = `
INSERT INTO event (time, kind, detail)
SELECT coalesce((SELECT max(time) FROM jump), 0), 'history-gap', json_object('island', number,
  'dropped', jumps - told, 'fromEvaluation', 1, 'toEvaluation', evaluations)
FROM (SELECT island.*, (SELECT count(*) FROM jump JOIN genome ON genome.id = jump.genome_id
  WHERE genome.island = island.number) AS told FROM island) WHERE jumps > told;
`;

const LINEAGE = `
CREATE VIEW lineage AS
WITH RECURSIVE line (class_id, genome_id) AS (
  SELECT class_id, genome_id FROM elite
  UNION
  SELECT line.class_id, parent.id FROM line JOIN genome AS child ON child.id = line.genome_id
  JOIN genome AS parent ON parent.digest = child.parent
)
SELECT line.class_id, class.label, lower(hex(genome.digest)) AS digest, lower(hex(genome.parent)) AS parent,
  genome.parent_class, genome.island, genome.evaluation AS island_evaluation, genome.nodes, genome.connections
FROM line JOIN class ON class.id = line.class_id JOIN genome ON genome.id = line.genome_id;
`;

/** Of the past of direct genomes, what milestones.ts says. */
const MILESTONE = `
CREATE TABLE milestone (
  id INTEGER PRIMARY KEY,
  class_id INTEGER NOT NULL REFERENCES class (id),
  step INTEGER NOT NULL,
  genome_id INTEGER NOT NULL REFERENCES genome (id),
  bytes BLOB NOT NULL,
  UNIQUE (class_id, step)
) STRICT;
CREATE INDEX milestone_genome ON milestone (genome_id);
`;

/** A jump in words, and what holds a cell now. */
const HISTORY = `
CREATE VIEW history AS
SELECT jump.id, jump.class_id, class.label, jump.confidence, jump.previous_confidence, jump.goal_switch,
  jump.evaluation, jump.cost, datetime(jump.time / 1000, 'unixepoch') AS date, lower(hex(genome.digest)) AS digest,
  lower(hex(genome.parent)) AS parent, genome.parent_class, genome.nodes, genome.connections,
  genome.island, genome.evaluation AS island_evaluation
FROM jump JOIN class ON class.id = jump.class_id JOIN genome ON genome.id = jump.genome_id;

CREATE VIEW best AS SELECT history.* FROM elite JOIN history ON history.id = elite.jump_id;
`;

/**
 * What is known of a jump's forward passes until version 5, which had those of islands alone: all of them, spread evenly
 * over the evaluations. Before they were counted at all, an evaluation was one.
 */
export const SPREAD_COST = `CAST(round(jump.evaluation * (SELECT coalesce(
  sum(max(cost, evaluations)) * 1.0 / nullif(sum(evaluations), 0), 1) FROM island)) AS INTEGER)`;

const COST = `
ALTER TABLE jump ADD COLUMN cost INTEGER NOT NULL DEFAULT 0;
UPDATE jump SET cost = ${SPREAD_COST};
UPDATE island SET cost = evaluations WHERE cost < evaluations;
DROP VIEW IF EXISTS best;
DROP VIEW IF EXISTS history;
${HISTORY}`;

/** What makes a database of an earlier version one of the next. */
export const UPGRADES: ReadonlyMap<number, string> = new Map([
  [1, MIGRATION],
  [2, `${THINNED}${GAP}${LINEAGE}`],
  [3, 'ALTER TABLE island ADD COLUMN emitter BLOB;'],
  [4, MILESTONE],
  [5, COST],
]);

/** The columns of table `island` that hold its counters, as SQL declares them. */
export const COUNTER_COLUMNS: readonly string[] = COUNTERS.map(
  ({ column, unit }) => `${column} ${unit === 'count' ? 'INTEGER' : 'REAL'}`,
);

/**
 * The tables of `archive.db`, for researchers to query; times are milliseconds since 1970 (UTC).
 *
 * | table or view | a row is | columns |
 * | --- | --- | --- |
 * | `class` | an output of the network | `id`, `label` |
 * | `genome` | an image that was an elite of its island once | `digest` (SHA-256), `encoding`, `bytes` (canonical; NULL for a direct genome that holds no cell any more; some are in `milestone`), `size`, `nodes`, `connections`, `parent` (digest; NULL: a random image), `parent_class`, `island` and `evaluation` (of that island) at birth |
 * | `jump` | one elite replaced in one cell, `id` in the order of merging | `class_id`, `genome_id`, `confidence`, `previous_confidence` (NULL: the cell was empty), `goal_switch`, `evaluation` (of the whole run: the island's at birth, and what the others had done when it was merged), `cost` (the same in forward passes), `time` |
 * | `elite` | what holds a cell now | `class_id`, `jump_id`, `genome_id`, `confidence` |
 * | `island` | an island, and where it goes on | `number`, `worker`, `state`, `device`, its totals, `random` and `emitter` (their states) |
 * | `event` | something that happened to the run | `time`, `kind`, `detail` (JSON) |
 * | `migration` | a minute's migrants from one island to another | `time` (when the minute began), `source`, `island`, `moved` (elites, one a class), `won` (cells) |
 * | `milestone` | a direct genome of the past of a class | `class_id`, `step` (which confidence it was the first to reach), `genome_id`, `bytes` (canonical, of its miniature: the genome itself where it has at most 64 pixels a side) |
 * | `gap` | what is missing: jumps that an island had to drop while it was cut off | `time`, `island`, `dropped` (how many), `from_evaluation`, `to_evaluation` (of the island) |
 * | `history` | a jump, in words | class, label, confidences, date, hexadecimal digests |
 * | `best` | an elite, in words | the same of every cell's last jump |
 * | `lineage` | an elite or one of its ancestors | class, label, hexadecimal digests, `parent_class`, birth |
 */
export const SCHEMA = `
CREATE TABLE class (
  id INTEGER PRIMARY KEY,
  label TEXT NOT NULL
) STRICT;

CREATE TABLE genome (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  encoding TEXT NOT NULL,
  bytes BLOB,
  size INTEGER NOT NULL,
  nodes INTEGER,
  connections INTEGER,
  parent BLOB,
  parent_class INTEGER,
  island INTEGER NOT NULL,
  evaluation INTEGER NOT NULL
) STRICT;

CREATE TABLE jump (
  id INTEGER PRIMARY KEY,
  class_id INTEGER NOT NULL REFERENCES class (id),
  genome_id INTEGER NOT NULL REFERENCES genome (id),
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  previous_confidence REAL,
  goal_switch INTEGER NOT NULL,
  evaluation INTEGER NOT NULL,
  time INTEGER NOT NULL,
  cost INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jump_class ON jump (class_id);

CREATE TABLE elite (
  class_id INTEGER PRIMARY KEY REFERENCES class (id),
  jump_id INTEGER NOT NULL REFERENCES jump (id),
  genome_id INTEGER NOT NULL REFERENCES genome (id),
  confidence REAL NOT NULL
) STRICT;
CREATE INDEX elite_genome ON elite (genome_id);

CREATE TRIGGER never_down BEFORE INSERT ON jump
WHEN NEW.confidence < (SELECT confidence FROM elite WHERE class_id = NEW.class_id)
BEGIN SELECT RAISE(ABORT, '${LOWERED.replaceAll("'", "''")}'); END;

CREATE TABLE island (
  number INTEGER PRIMARY KEY,
  worker TEXT NOT NULL,
  state TEXT NOT NULL,
  device TEXT NOT NULL,
  ${COUNTER_COLUMNS.join(',\n  ')},
  random BLOB,
  emitter BLOB
) STRICT;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

${MIGRATION}${MILESTONE}${HISTORY}${GAP}${LINEAGE}
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
