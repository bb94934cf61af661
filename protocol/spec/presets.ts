import { DEFAULT_ENCODING, type Encoding, PARAMETRIC_ENCODING } from '../encodings/names.js';
import type { EmitterName } from './emitter-names.js';

/** What a preset says of a run, unless a person says otherwise. */
interface Preset {
  readonly encoding: Encoding;
  readonly emitters: readonly EmitterName[];
  readonly insertion: 'generation' | 'steady-state';
  readonly skipNeutral: boolean;
}

export const PRESET_NAMES = ['default', 'paper', 'gradient'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * `paper`: exactly the paper's operators and generations. `default`: the same operators, but each batch is inserted when it
 * is evaluated, and offspring that express what their parent does are not evaluated. `gradient`: genomes of fixed shape,
 * led by gradients; on networks of a thousand classes it takes a tenth of the forward passes (ops/docs/search.md).
 */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  default: {
    encoding: DEFAULT_ENCODING,
    emitters: ['mutation'],
    insertion: 'steady-state',
    skipNeutral: true,
  },
  paper: { encoding: DEFAULT_ENCODING, emitters: ['mutation'], insertion: 'generation', skipNeutral: false },
  gradient: {
    encoding: PARAMETRIC_ENCODING,
    emitters: ['gradient'],
    insertion: 'steady-state',
    skipNeutral: true,
  },
};
