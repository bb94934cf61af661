import { deflateRawSync } from 'node:zlib';
import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { miniatureOf } from '../../protocol/encodings/miniature.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { addTotals, NO_TOTALS } from '../../protocol/wire/totals.js';
import type { WallFile, WallFileElite } from '../../protocol/wire/wall-file.js';
import { createRunCurve } from '../gallery/run-curve.js';
import type { StoredElite, StoreReader } from '../store/store.js';
import { eliteFacts } from './elite-table.js';
import { cutLabel } from './shown-label.js';

/** Genomes that can be made smaller are whole in the file while they have no more bytes than this together. */
const MOST_WHOLE_BYTES = 4 << 20;
/** Values of all pixels of a file together; of a pixel in colour there are three. */
const MOST_PIXEL_VALUES = 8 << 20;
const CURVE_POINTS = 300;

/** What stands in the built page for the run. */
export const PLACEHOLDER = '@@RUN@@';

/** A run as its wall is exported. `exported`: milliseconds since 1970. */
export async function wallFileOf(parts: {
  readonly spec: RunSpec;
  readonly input: TensorSpec;
  readonly reader: Pick<StoreReader, 'islands' | 'jumpsAfter' | 'labels'>;
  readonly elites: readonly StoredElite[];
  readonly exported: number;
}): Promise<WallFile> {
  const { spec, input, reader, elites, exported } = parts;
  const { model, encoding, classes, canvas, channels, views, seed, budget } = spec;
  const { initial, generation, emitters } = spec.evolution;
  const islands = reader.islands();
  const totals = islands.reduce(
    (sum, { checkpoint }) => addTotals(sum, checkpoint?.totals ?? NO_TOTALS),
    NO_TOTALS,
  );
  const curve = await createRunCurve({ store: reader, spent: () => totals, most: CURVE_POINTS }).points();
  const side = sideOf(elites, spec);
  return {
    run: spec.name,
    exported,
    spec: {
      model,
      encoding,
      classes,
      canvas,
      channels,
      views,
      seed,
      budget,
      evolution: { initial, generation, emitters },
    },
    input: { width: input.width, height: input.height, channels: input.channels },
    totals,
    islands: islands.map(({ number, worker, device, state, checkpoint }) => ({
      number,
      worker,
      device,
      state,
      evaluations: checkpoint?.totals.evaluations ?? 0,
      evaluationsPerSecond: 0,
    })),
    labels: reader.labels.map(cutLabel),
    curve: curve.map(({ evaluation, coverage, median }) => ({ evaluation, coverage, median })),
    ...(side !== undefined && { miniatureSide: side }),
    elites: elites.map((elite) => eliteIn(elite, side)),
  };
}

/**
 * Pixels a side of the pictures that the file has in place of genomes; undefined where it has the genomes: of an encoding
 * whose genomes are small, or where they are not too many.
 */
export function sideOf(
  elites: readonly StoredElite[],
  { encoding, canvas, channels }: Pick<RunSpec, 'canvas' | 'channels' | 'encoding'>,
): number | undefined {
  if (encodingOf(encoding).format.miniature === undefined) return undefined;
  const bytes = elites.reduce((sum, { genome }) => sum + genome.size, 0);
  if (bytes <= MOST_WHOLE_BYTES) return undefined;
  return Math.max(1, Math.min(canvas, Math.floor(Math.sqrt(MOST_PIXEL_VALUES / (elites.length * channels)))));
}

function eliteIn({ jump, genome }: StoredElite, side: number | undefined): WallFileElite {
  const { label: _, time, encoding: __, ...facts } = eliteFacts(jump, genome, []);
  const bytes = side === undefined ? genome.bytes : (miniatureOf(genome.bytes, side) ?? genome.bytes);
  return { ...facts, changed: jump.time, genome: Buffer.from(bytes).toString('base64') };
}

/** The HTML file of a wall: the built page with the run in it. Throws where the page has no place for one. */
export function fillPage(page: string, file: WallFile): string {
  const [before, after, ...more] = page.split(PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error('the page of exported walls has no place for a run');
  }
  const json = Buffer.from(JSON.stringify(file));
  return `${before}${deflateRawSync(json, { level: 9 }).toString('base64')}${after}`;
}
