import type { ChannelOrder } from '../../../protocol/drawing/tensor-spec.js';
import type { Encoding } from '../../../protocol/encodings/names.js';
import type { EmitterName } from '../../../protocol/spec/emitter-names.js';
import type { LiveIsland } from '../../../protocol/wire/live.js';
import type { Totals } from '../../../protocol/wire/totals.js';

/** What the server answers with, as the page reads it. Times are milliseconds since 1970. */

export interface RunListing {
  readonly base: string;
  readonly name: string;
  /** A coordinator is at work; else a run on disk. */
  readonly live: boolean;
}

export type RunState = 'running' | 'paused' | 'ending' | 'ended' | 'failed';

export interface RunFacts {
  readonly run: string;
  readonly state: RunState;
  readonly spec: {
    readonly model: string;
    readonly encoding: Encoding;
    readonly classes: number;
    readonly canvas: number;
    readonly channels: 1 | 3;
    readonly views: 'single' | 'ten-crop';
    readonly seed: number;
    readonly evolution: {
      readonly initial: number;
      readonly generation: number;
      readonly emitters: readonly EmitterName[];
    };
    readonly budget: { readonly evaluations: number; readonly cost: number; readonly minutes: number };
  };
  /** Of the network. */
  readonly input: { readonly width: number; readonly height: number; readonly channels: ChannelOrder };
  /** What the network gives natural images, in a sentence, where it was measured. */
  readonly natural?: string;
  readonly seconds: number;
  readonly evaluationsPerSecond: number;
  readonly totals: Totals;
}

export type Island = LiveIsland;

export interface CurvePoint {
  readonly evaluation: number;
  readonly coverage: number;
  readonly median: number;
}

/** What is kept of a genome: its bytes, those of its miniature, or its digest alone. */
export type Kept = 'genome' | 'miniature' | 'digest';

export interface Jump {
  readonly digest: string;
  readonly confidence: number;
  readonly previousConfidence: number | null;
  readonly goalSwitch: boolean;
  readonly evaluation: number;
  readonly island: number;
  readonly time: number | string;
  readonly kept: Kept;
}

export interface History {
  readonly jumps: readonly Jump[];
  /** How many are left out. */
  readonly omitted: number;
}

export interface Ancestor {
  readonly digest: string;
  readonly classId: number;
  readonly label: string;
  /** What it had when it took that class's cell of the run; null where it held only its island's. */
  readonly confidence: number | null;
  readonly evaluation: number;
  readonly island: number;
  readonly kept: Kept;
}

export interface Lineage {
  readonly ancestors: readonly Ancestor[];
  readonly omitted: number;
}

export interface Believed {
  readonly classId: number;
  readonly label: string;
  readonly confidence: number;
}

export interface Opinion {
  readonly best: readonly Believed[];
}
