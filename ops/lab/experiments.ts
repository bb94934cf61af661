import { ABLATION } from './ablation/experiment.js';
import { ASCENTS } from './ascent/experiment.js';
import { CALIBRATION } from './calibration/experiment.js';
import { COMPARISON } from './compare/experiment.js';
import { FOOLING } from './generative/experiment.js';
import { OCCLUSION } from './occlusion/experiment.js';
import { PERTURBATION } from './perturbation/experiment.js';
import type { Experiment } from './results/experiment.js';
import { RETRAINING } from './retraining/experiment.js';
import { SHORTCUT } from './shortcut/experiment.js';
import { TRAINING } from './training/experiment.js';
import { TRANSFER } from './transfer/experiment.js';

/** Every experiment whose results a report reads again. */
export const EXPERIMENTS: readonly Pick<Experiment<never>, 'name' | 'read'>[] = [
  CALIBRATION,
  TRANSFER,
  OCCLUSION,
  ABLATION,
  PERTURBATION,
  COMPARISON,
  RETRAINING,
  FOOLING,
  SHORTCUT,
  TRAINING,
  ASCENTS,
];
