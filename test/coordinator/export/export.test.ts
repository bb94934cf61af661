import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportRow } from '../../../coordinator/export/elite-table.js';
import { type ExportOptions, exportRun } from '../../../coordinator/export/export.js';
import { EXPORT_PARTS } from '../../../coordinator/export/export-directory.js';
import type { Network } from '../../../coordinator/export/pictures.js';
import { layOutSheet } from '../../../coordinator/export/sheet-layout.js';
import { connect } from '../../../coordinator/store/connection.js';
import { openSqliteReader } from '../../../coordinator/store/sqlite-reader.js';
import { createSqliteStore } from '../../../coordinator/store/sqlite-store.js';
import type { Store } from '../../../coordinator/store/store.js';
import { type Archive, createArchive } from '../../../protocol/archive/archive.js';
import type { Drawer } from '../../../protocol/drawing/drawer.js';
import { candidateOf, checkpointAt, eliteOf, specOf, temporaryDirectory } from '../fixtures.js';
import { jumpInto, NOTHING } from '../jumps.js';

const LABELS = ['school bus', 'tench, "Tinca tinca"', 'crêpe\nSuzette', '../../etc', '獅子'];

/** Grey levels that tell which genome was drawn; the real drawer has its own tests. */
const drawer: Drawer = {
  tensor: () => new Float32Array(),
  pixels(genome, width, height) {
    const grey = genome.encoding === 'cppn' ? Math.abs(Math.trunc((genome.weights[0] ?? 0) * 12)) : 0;
    return { width, height, channels: 1, data: new Uint8Array(width * height).fill(grey) };
  },
};

/** A reader of CSV that follows RFC 4180, as an oracle. */
function parseCsv(source: string): string[][] {
  const fields = [...source.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)];
  const lines: string[][] = [[]];
  for (const [, quoted, bare, end] of fields) {
    lines.at(-1)?.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') lines.push([]);
  }
  return lines.slice(0, -1);
}

function rowsOf(directory: string): ExportRow[] {
  const { elites } = JSON.parse(readFileSync(join(directory, 'elites.json'), 'utf8')) as {
    elites: ExportRow[];
  };
  return elites;
}

describe('an export', () => {
  let root: ReturnType<typeof temporaryDirectory>;
  let store: Store;
  let archive: Archive;
  let file: string;
  beforeEach(() => {
    root = temporaryDirectory();
    file = join(root.path, 'archive.db');
    store = createSqliteStore(file, LABELS);
    archive = createArchive(LABELS.length);
    put(0.5, 0, 1, 2);
    put(0.99996, 3);
  });
  afterEach(() => {
    store.close();
    root.remove();
  });

  function put(confidence: number, ...classIds: number[]): void {
    const elites = classIds.map((classId) =>
      eliteOf(classId, confidence, candidateOf(archive.filled + 7, 'cppn', candidateOf(classId))),
    );
    const jumps = elites.flatMap((elite) => jumpInto(archive, elite, 1_700_000_000_123) ?? []);
    const island = { number: 0, worker: 'w', state: 'live', device: 'cpu' } as const;
    store.commit({ ...NOTHING, jumps, islands: [{ ...island, checkpoint: checkpointAt(60_000) }] });
  }

  const options = (change: Partial<ExportOptions> = {}): ExportOptions => ({
    spec: specOf(LABELS.length),
    reader: openSqliteReader(file),
    drawer,
    directory: join(root.path, 'out', 'export'),
    sight: { width: 20, height: 20, grey: true },
    parts: EXPORT_PARTS,
    ...change,
  });

  it('has an image for every elite, of the size asked for, under a safe and telling name', async () => {
    const progress: number[] = [];
    const result = await exportRun(options({ onProgress: (drawn) => progress.push(drawn) }));
    expect(readdirSync(join(result.directory, 'images'))).toEqual([
      '0000_school_bus_0.5000.png',
      '0001_tench_Tinca_tinca_0.5000.png',
      '0002_crepe_Suzette_0.5000.png',
      '0003_etc_0.9999.png',
    ]);
    expect(progress).toEqual([1, 2, 3, 4]);
    const image = sharp(join(result.directory, 'images', '0003_etc_0.9999.png'));
    expect(await image.metadata()).toMatchObject({ format: 'png', width: 20, height: 20 });
    const genome = archive.elite(3)?.candidate.genome;
    const expected = genome && drawer.pixels(genome, 20, 20).data[0];
    expect((await image.extractChannel(0).raw().toBuffer())[0]).toBe(expected);
    expect(result.elites).toBe(4);
    expect(result.files).toHaveLength(7);
    for (const name of result.files) expect(existsSync(join(result.directory, name))).toBe(true);
  });

  it('has tables that agree with the database, field by field', async () => {
    const { directory } = await exportRun(options());
    const connection = connect(file, 'read');
    const rows = connection.rows(
      `SELECT class_id, label, confidence, digest, evaluation, cost, island, island_evaluation, nodes, connections,
       parent, parent_class, goal_switch FROM best ORDER BY class_id`,
    );
    connection.close();
    const [heading, ...lines] = parseCsv(readFileSync(join(directory, 'elites.csv'), 'utf8'));
    expect(lines).toHaveLength(4);
    const json: { elites: Record<string, unknown>[]; median: number } = JSON.parse(
      readFileSync(join(directory, 'elites.json'), 'utf8'),
    );
    for (const [i, row] of rows.entries()) {
      for (const [column, value] of Object.entries(row)) {
        const expected = column === 'goal_switch' ? `${value === 1}` : `${value ?? ''}`;
        expect(lines[i]?.[heading?.indexOf(column) ?? -1]).toBe(expected);
        const key = column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
        expect(`${json.elites[i]?.[key] ?? ''}`).toBe(expected);
      }
      expect(json.elites[i]?.time).toBe('2023-11-14T22:13:20.123Z');
    }
    expect(json).toMatchObject({ run: 'test', classes: 5, coverage: 0.8, median: 0.5 });
  });

  it('names pictures by their path from the tables, with what the network gives them, their size and how they came about', async () => {
    const native = await exportRun(options());
    const [row] = rowsOf(native.directory);
    expect(row).toMatchObject({ image: 'images/0000_school_bus_0.5000.png', imageConfidence: 0.5 });
    expect(row).toMatchObject({ imageWidth: 20, imageHeight: 20, imageMaking: 'native' });
    for (const { image } of rowsOf(native.directory)) {
      expect(existsSync(join(native.directory, image ?? 'null'))).toBe(true);
    }
    const [heading, first] = parseCsv(readFileSync(join(native.directory, 'elites.csv'), 'utf8'));
    const cells = Object.fromEntries(heading?.map((name, i) => [name, first?.[i]]) ?? []);
    expect(cells).toMatchObject({ image: 'images/0000_school_bus_0.5000.png', image_confidence: '0.5' });
    expect(cells).toMatchObject({ image_width: '20', image_height: '20', image_making: 'native' });

    const tables = await exportRun(options({ parts: ['json', 'csv'] }));
    expect(rowsOf(tables.directory)[0]).toMatchObject({
      image: null,
      imageConfidence: null,
      imageMaking: null,
    });
    const sheet = await exportRun(options({ parts: ['json', 'sheet'] }));
    expect(rowsOf(sheet.directory)[0]).toMatchObject({ image: null, imageConfidence: 0.5 });
  });

  it.each(['enlarged', 'redrawn'] as const)(
    'asks the network for the confidence of what is %s, from the files, in batches',
    async (making) => {
      const asked: string[][] = [];
      const network: Network = {
        batch: 3,
        async measure(pictures) {
          asked.push(pictures.map(({ path }) => path));
          for (const { path } of pictures) {
            expect(await sharp(readFileSync(path)).metadata()).toMatchObject({ width: 40, height: 60 });
          }
          return pictures.map(({ classId }) => classId / 10 + 0.12345);
        },
      };
      const scaling = { making, width: 40, height: 60, network };
      const result = await exportRun(options({ scaling }));
      expect(asked.map((paths) => paths.length)).toEqual([3, 1]);
      expect(result.pictures).toEqual({ making, width: 40, height: 60 });
      expect(result.median.seen).toBeCloseTo(0.5, 6);
      expect(result.median.pictures).toBeCloseTo(0.27345, 6);
      expect(readdirSync(result.directory).sort()).toEqual([
        'contact-sheet.png',
        'elites.csv',
        'elites.json',
        'images',
      ]);
      expect(readdirSync(join(result.directory, 'images'))).toEqual([
        '0000_school_bus_0.1234.png',
        '0001_tench_Tinca_tinca_0.2234.png',
        '0002_crepe_Suzette_0.3234.png',
        '0003_etc_0.4234.png',
      ]);
      expect(rowsOf(result.directory)[2]).toMatchObject({
        ...{ confidence: 0.5, imageConfidence: 0.32345, imageMaking: making },
        image: 'images/0002_crepe_Suzette_0.3234.png',
      });
    },
  );

  it('stops soon after it is told to, though the network never answers, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const network: Network = {
      batch: 4,
      measure() {
        stop.abort();
        return new Promise(() => undefined);
      },
    };
    const scaling = { making: 'enlarged', width: 40, height: 40, network } as const;
    const stopped = exportRun(options({ scaling, signal: stop.signal }));
    await expect(stopped).rejects.toMatchObject({ code: 'ERR_INTERRUPTED', exitCode: 130 });
    expect(existsSync(join(root.path, 'out'))).toBe(false);
  });

  it('has a contact sheet with a lit cell for every elite', async () => {
    const { directory } = await exportRun(options({ parts: ['sheet'] }));
    const sheet = sharp(join(directory, 'contact-sheet.png'));
    const { width, height, format } = await sheet.metadata();
    expect(format).toBe('png');
    expect(width).toBeGreaterThan(5 * 200);
    expect(height).toBeGreaterThan(224);
    // Letters are drawn from outlines of our own, so that they show on a machine without any fonts.
    const { data, info } = await sheet.raw().toBuffer({ resolveWithObject: true });
    const bright = data.filter((value, i) => i % info.channels === 0 && value > 200).length;
    expect(bright).toBeGreaterThan(300);
    expect(readdirSync(directory)).toEqual(['contact-sheet.png']);
  });

  it('shows one moment of a run that goes on, and replaces an earlier export whole', async () => {
    await exportRun(options());
    put(0.75, 4);
    const { directory } = await exportRun(options({ parts: ['csv'] }));
    expect(readdirSync(directory)).toEqual(['elites.csv']);
    expect(parseCsv(readFileSync(join(directory, 'elites.csv'), 'utf8'))).toHaveLength(6);
    expect(readdirSync(join(root.path, 'out'))).toEqual(['export']);
  });

  it('can be of some classes only, and of an empty archive', async () => {
    const some = await exportRun(options({ classes: [1], parts: ['images', 'sheet', 'csv'] }));
    const { width } = await sharp(join(some.directory, 'contact-sheet.png')).metadata();
    expect(width).toBe(layOutSheet(1, { width: 20, height: 20 }).width);
    expect(readdirSync(join(some.directory, 'images'))).toEqual(['0001_tench_Tinca_tinca_0.5000.png']);
    const path = join(root.path, 'empty.db');
    createSqliteStore(path, LABELS).close();
    const empty = await exportRun(options({ reader: openSqliteReader(path) }));
    expect(empty).toMatchObject({ elites: 0, files: ['contact-sheet.png', 'elites.csv', 'elites.json'] });
  });

  it('never touches a directory that holds other things', async () => {
    const directory = join(root.path, 'mine');
    mkdirSync(directory);
    writeFileSync(join(directory, 'thesis.tex'), 'precious');
    await expect(exportRun(options({ directory }))).rejects.toMatchObject({
      code: 'ERR_EXPORT_DIRECTORY',
      exitCode: 2,
    });
    expect(readdirSync(directory)).toEqual(['thesis.tex']);
  });

  it('leaves nothing behind when it fails half way', async () => {
    let drawn = 0;
    const failing: Drawer = {
      ...drawer,
      pixels(...request) {
        if (++drawn > 2) throw new Error('out of memory');
        return drawer.pixels(...request);
      },
    };
    await expect(exportRun(options({ drawer: failing }))).rejects.toThrow('out of memory');
    expect(existsSync(join(root.path, 'out'))).toBe(false);
  });
});
