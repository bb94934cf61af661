import type { Digest } from '../../protocol/encodings/genome.js';
import { KEPT, type Kept, type LineMember, MOST_GENERATIONS, type PastReader, thin } from './past.js';
import { blob, digest, integer, real, type SqlRow, text } from './rows.js';
import { jumpColumns, jumpCost, type Query, readJump } from './stored-rows.js';

/** The oldest last; of each generation the class that it was drawn from as a parent. */
const LINE = `WITH RECURSIVE line (id, held, age) AS (
    SELECT genome_id, class_id, 0 FROM elite WHERE class_id = ?
    UNION ALL
    SELECT parent.id, child.parent_class, line.age + 1 FROM line JOIN genome AS child ON child.id = line.id
      JOIN genome AS parent ON parent.digest = child.parent LIMIT ${MOST_GENERATIONS}
  ) SELECT id, held FROM line ORDER BY age`;

/** Every n-th jump of a class, by the rule of {@link isKept}. `kept`: an expression. */
const pastSql = (columns: string, kept: string) => `WITH numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM jump WHERE class_id = ?
  ) SELECT ${columns}, genome.island, ${kept} AS kept FROM numbered JOIN jump ON jump.id = numbered.id
    JOIN genome ON genome.id = jump.genome_id
    WHERE ? <= ? OR (number * (? - 1)) % (? - 1) < ? - 1 ORDER BY jump.id`;

/** What is kept of a genome, in an archive with milestones and in one of an earlier version. */
const KEPT_NOW = `CASE WHEN genome.bytes IS NOT NULL THEN 'genome' ELSE coalesce(
    (SELECT iif(length(milestone.bytes) = genome.size, 'genome', 'miniature') FROM milestone
      WHERE milestone.genome_id = genome.id LIMIT 1), 'digest') END`;
const KEPT_ONCE = "iif(genome.bytes IS NOT NULL, 'genome', 'digest')";

/** How the run in a SQLite file came to what it holds. */
export function createSqlitePast(all: Query, classes: number): PastReader {
  /** Confidences with which these genomes took cells of the run, by genome and class. */
  function confidencesOf(members: readonly Generation[]): Map<string, number> {
    const confidences = new Map<string, number>();
    // Jumps have no index by genome: one pass over them is quicker than one over each class's.
    const sql = `SELECT genome_id, class_id, confidence FROM jump
      WHERE genome_id IN (SELECT value FROM json_each(?))`;
    for (const row of all((each) => each, sql, JSON.stringify(members.map(({ id }) => id)))) {
      const key = `${integer(row, 'genome_id')} ${integer(row, 'class_id')}`;
      confidences.set(key, real(row, 'confidence'));
    }
    return confidences;
  }

  /** An archive of an earlier version has none; a writer may upgrade the file while it is read. */
  function hasMilestones(): boolean {
    return all((row) => row, "SELECT 1 FROM sqlite_master WHERE name = 'milestone'").length > 0;
  }
  const kept = () => (hasMilestones() ? KEPT_NOW : KEPT_ONCE);

  return {
    takenAt() {
      const times = new Float64Array(classes);
      const sql = 'SELECT elite.class_id, jump.time FROM elite JOIN jump ON jump.id = elite.jump_id';
      for (const row of all((each) => each, sql)) times[integer(row, 'class_id')] = integer(row, 'time');
      return times;
    },
    jumpsAfter: (id, most) =>
      all(
        (row) => ({
          id: integer(row, 'id'),
          classId: integer(row, 'class_id'),
          confidence: real(row, 'confidence'),
          evaluation: integer(row, 'evaluation'),
          cost: integer(row, 'cost'),
        }),
        `SELECT id, class_id, confidence, evaluation, ${jumpCost(all)} AS cost FROM jump
          WHERE id > ? ORDER BY id LIMIT ?`,
        id,
        most,
      ),
    pastOf(classId, most) {
      const [counted] = all(
        (row) => integer(row, 'count'),
        'SELECT count(*) AS count FROM jump WHERE class_id = ?',
        classId,
      );
      const count = counted ?? 0;
      const jumps = all(
        (row) => ({ ...readJump(row), island: integer(row, 'island'), kept: readKept(row) }),
        ...([pastSql(jumpColumns(all), kept()), classId, count, most, most, count, most] as const),
      );
      return { kept: jumps, omitted: count - jumps.length };
    },
    lineOf(classId, most) {
      const line = untilCircle(all(readGeneration, LINE, classId)).reverse();
      const { kept: members, omitted } = thin(line, most);
      const confidences = confidencesOf(members);
      const sql = `SELECT digest, island, evaluation, ${kept()} AS kept FROM genome WHERE id = ?`;
      return {
        kept: members.flatMap(({ id, held }) =>
          all((row) => readMember(row, held, confidences.get(`${id} ${held}`)), sql, id),
        ),
        omitted,
      };
    },
    miniature(digest) {
      if (!hasMilestones()) return undefined;
      const sql = `SELECT milestone.bytes FROM genome JOIN milestone ON milestone.genome_id = genome.id
        WHERE digest = ? LIMIT 1`;
      return all((row) => blob(row, 'bytes'), sql, Buffer.from(digest, 'hex'))[0];
    },
  };
}

function readKept(row: SqlRow): Kept {
  const found = KEPT.find((each) => each === text(row, 'kept'));
  if (found === undefined) throw new TypeError('what is kept of a genome is not known');
  return found;
}

interface Generation {
  readonly id: number;
  readonly held: number;
}

function readGeneration(row: SqlRow): Generation {
  return { id: integer(row, 'id'), held: integer(row, 'held') };
}

/** The line up to where it comes back to itself, which only an island that lies makes it do. */
function untilCircle(line: readonly Generation[]): Generation[] {
  const seen = new Set<number>();
  const end = line.findIndex(({ id }) => seen.size === seen.add(id).size);
  return line.slice(0, end < 0 ? line.length : end);
}

function readMember(row: SqlRow, classId: number, confidence: number | undefined): LineMember {
  const own: Digest = digest(row, 'digest');
  return {
    digest: own,
    classId,
    ...(confidence !== undefined && { confidence }),
    island: integer(row, 'island'),
    evaluation: integer(row, 'evaluation'),
    kept: readKept(row),
  };
}
