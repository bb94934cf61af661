import type { TensorSpec } from '../drawing/tensor-spec.js';
import type { RunSpec } from '../spec/run-spec.js';
import type { EliteFacts } from './elite-facts.js';
import type { LiveIsland } from './live.js';
import type { Totals } from './totals.js';

/**
 * What a wall that was exported holds: a run at one moment, as JSON, deflated (RFC 1951) and in base64 within one HTML
 * file. Times are milliseconds since 1970.
 */
export interface WallFile {
  readonly run: string;
  readonly exported: number;
  readonly spec: Pick<
    RunSpec,
    'model' | 'encoding' | 'classes' | 'canvas' | 'channels' | 'views' | 'seed' | 'budget'
  > & { readonly evolution: Pick<RunSpec['evolution'], 'initial' | 'generation' | 'emitters'> };
  /** Of the network. */
  readonly input: Pick<TensorSpec, 'width' | 'height' | 'channels'>;
  readonly totals: Totals;
  readonly islands: readonly LiveIsland[];
  /** One a class. */
  readonly labels: readonly string[];
  readonly curve: readonly {
    readonly evaluation: number;
    readonly coverage: number;
    readonly median: number;
  }[];
  /** Pixels a side of the miniatures that stand for genomes which are too large for the file; absent: it has all of them. */
  readonly miniatureSide?: number;
  readonly elites: readonly WallFileElite[];
}

/** An elite without what the file says once for all of them. */
export interface WallFileElite extends Omit<EliteFacts, 'label' | 'time' | 'encoding'> {
  /** When it took the cell. */
  readonly changed: number;
  /** Canonical bytes, of its miniature where there is a side of these: base64. */
  readonly genome: string;
}

/** The id of the element of the HTML file that holds it. */
export const WALL_FILE_ELEMENT = 'run';
