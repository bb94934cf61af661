import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkArchive, checkRunSpec } from '../../../coordinator/checks/check-run.js';
import { createRunDirectory } from '../../../coordinator/run/run-directory.js';
import { connect } from '../../../coordinator/store/connection.js';
import { labelsOf, specOf, temporaryDirectory } from '../fixtures.js';

const CLASSES = 1000;
const JUMPS = 100_000;

it('the checks of a run of a thousand classes and a hundred thousand jumps are quick', async () => {
  const root = temporaryDirectory();
  const run = await createRunDirectory(root.path, {
    spec: specOf(CLASSES),
    versions: { atoll: '0.1.0', node: '20.0.0', engine: 'onnx' },
    created: new Date(0),
    labels: labelsOf(CLASSES),
    installModel: (directory) => writeFile(join(directory, 'model.onnx'), ''),
  });
  const connection = connect(run.archiveFile, 'write');
  connection.exec(`
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${JUMPS - 1})
    INSERT INTO genome (id, digest, encoding, bytes, size, island, evaluation)
    SELECT i + 1, CAST(printf('%032d', i) AS BLOB), 'cppn', x'0a00', 2, 0, i FROM n;
    INSERT INTO jump (id, class_id, genome_id, confidence, goal_switch, evaluation, time)
    SELECT id, (id - 1) % ${CLASSES}, id, 1.0 * id / ${JUMPS}, 0, id, 0 FROM genome;
    INSERT INTO elite SELECT class_id, id, genome_id, confidence FROM jump WHERE id > ${JUMPS - CLASSES}`);
  connection.close();
  const began = performance.now();
  checkRunSpec(run);
  checkArchive(run);
  const took = performance.now() - began;
  // 0.3 s are promised; a busy machine gets more.
  expect(took).toBeLessThan(3000);
  if (process.env.ATOLL_SAY) process.stdout.write(`checks took ${took.toFixed(0)} ms\n`);
  root.remove();
});
