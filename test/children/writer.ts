// Goes on with the store at argv[3], commits as fast as it can, and prints what is acknowledged. It ends by being killed.
import { restoreArchive } from '../../coordinator/intake/restore.js';
import { openSqliteStore } from '../../coordinator/store/sqlite-store.js';
import { candidateOf, checkpointAt, eliteOf } from '../coordinator/fixtures.js';
import { jumpInto, NOTHING } from '../coordinator/jumps.js';

const store = openSqliteStore(process.argv[3] ?? '');
const archive = restoreArchive(store);
const island = { number: 0, worker: 'w', state: 'live', device: 'cpu' } as const;
let evaluations = store.islands()[0]?.checkpoint?.totals.evaluations ?? 0;
for (;;) {
  evaluations++;
  const elites = [0, 1, 2, 3].map((classId) =>
    eliteOf(classId, 1 - 1 / (evaluations + 1), candidateOf(evaluations + classId)),
  );
  store.commit({
    ...NOTHING,
    jumps: elites.flatMap((elite) => jumpInto(archive, elite) ?? []),
    islands: [{ ...island, checkpoint: checkpointAt(evaluations) }],
  });
  process.stdout.write(`stored ${evaluations}\n`);
}
