import { LOWERED } from './lowered.js';

/** "ATOL": what `file archive.db` and SQLite's header call a database of ours. */
export const APPLICATION_ID = 0x41544f4c;

/** Raised whenever a table changes its meaning. */
export const SCHEMA_VERSION = 2;

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

/** What makes a database of an earlier version one of the next. */
export const UPGRADES: ReadonlyMap<number, string> = new Map([[1, MIGRATION]]);

/**
 * The tables of `archive.db`, for researchers to query; times are milliseconds since 1970 (UTC).
 *
 * | table or view | a row is | columns |
 * | --- | --- | --- |
 * | `class` | an output of the network | `id`, `label` |
 * | `genome` | an image that was an elite once | `digest` (SHA-256), `encoding`, `bytes` (canonical; NULL for a direct genome that holds no cell any more), `size`, `nodes`, `connections`, `parent` (digest), `parent_class`, `island` and `evaluation` (of that island) at birth |
 * | `jump` | one elite replaced in one cell, `id` in the order of merging | `class_id`, `genome_id`, `confidence`, `previous_confidence` (NULL: the cell was empty), `goal_switch`, `evaluation` (of the whole run), `time` |
 * | `elite` | what holds a cell now | `class_id`, `jump_id`, `genome_id`, `confidence` |
 * | `island` | an island, and where it goes on | `number`, `worker`, `state`, `device`, its totals, `random` |
 * | `event` | something that happened to the run | `time`, `kind`, `detail` (JSON) |
 * | `migration` | a minute's migrants from one island to another | `time` (when the minute began), `source`, `island`, `moved` (elites, one a class), `won` (cells) |
 * | `history` | a jump, in words | class, label, confidences, date, hexadecimal digests |
 * | `best` | an elite, in words | the same of every cell's last jump |
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
  time INTEGER NOT NULL
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
  evaluations INTEGER,
  generations INTEGER,
  jumps INTEGER,
  goal_switches INTEGER,
  render_seconds REAL,
  classify_seconds REAL,
  neutral INTEGER,
  random BLOB
) STRICT;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

${MIGRATION}
CREATE VIEW history AS
SELECT jump.id, jump.class_id, class.label, jump.confidence, jump.previous_confidence, jump.goal_switch,
  jump.evaluation, datetime(jump.time / 1000, 'unixepoch') AS date, lower(hex(genome.digest)) AS digest,
  lower(hex(genome.parent)) AS parent, genome.parent_class, genome.nodes, genome.connections,
  genome.island, genome.evaluation AS island_evaluation
FROM jump JOIN class ON class.id = jump.class_id JOIN genome ON genome.id = jump.genome_id;

CREATE VIEW best AS SELECT history.* FROM elite JOIN history ON history.id = elite.jump_id;

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
