import { cp, mkdir, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../../coordinator/store/connection.js';

/** Copies of a good run, each with one thing wrong; their names are those of the directories below `root`. */
export async function writeBadRuns(good: string, root: string): Promise<void> {
  for (const [name, damage] of Object.entries(DAMAGE)) {
    const run = join(root, name);
    await cp(good, run, { recursive: true });
    await damage(run);
  }
  await mkdir(join(root, 'nothing'));
}

const DAMAGE: Readonly<Record<string, (run: string) => unknown>> = {
  good: () => undefined,
  'no-spec': (run) => rm(join(run, 'run.yaml')),
  'no-archive': (run) => rm(join(run, 'archive.db')),
  'no-model': (run) => rm(join(run, 'model'), { recursive: true }),
  'no-weights': (run) => rm(join(run, 'model/weights.bin')),
  'torn-spec': (run) => truncate(join(run, 'run.yaml'), 700),
  'no-yaml': (run) => writeFile(join(run, 'run.yaml'), 'spec: [1\n'),
  'edited-spec': async (run) => {
    const text = await readFile(join(run, 'run.yaml'), 'utf8');
    await writeFile(join(run, 'run.yaml'), text.replace('islands: 1', 'islands: 1\n  colour: red'));
  },
  'text-archive': (run) => writeFile(join(run, 'archive.db'), 'This is not a database. '.repeat(400)),
  'nothing-archive': (run) => truncate(join(run, 'archive.db'), 0),
  'cut-archive': (run) => truncate(join(run, 'archive.db'), 12_288),
  'scribbled-archive': (run) => overwrite(join(run, 'archive.db'), 4096, Buffer.alloc(20_000, 'scribble')),
  'foreign-archive': (run) => inArchive(run, 'PRAGMA application_id = 7'),
  'future-archive': (run) => inArchive(run, 'PRAGMA user_version = 99'),
  'bad-genome': (run) => inArchive(run, "UPDATE genome SET bytes = x'0a00ff'"),
  'other-model': async (run) => {
    const weights = join(run, 'model/weights.bin');
    await overwrite(weights, (await readFile(weights)).length - 4, Buffer.alloc(4));
  },
};

function inArchive(run: string, sql: string): void {
  const connection = connect(join(run, 'archive.db'), 'write');
  connection.exec(sql);
  connection.close();
}

async function overwrite(path: string, position: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, position);
  await file.close();
}
