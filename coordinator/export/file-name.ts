import { cutConfidence } from '../../protocol/archive/cut-confidence.js';
import { shownLabel } from './shown-label.js';

const MAX_LABEL = 40;

/**
 * The file name of an elite's picture, e.g. `0417_school_bus_0.9998.png`: class, label, confidence cut to four decimals.
 * Safe on any file system, whatever the label; unique within an archive, and in class order when sorted.
 */
export function imageFileName(classId: number, label: string, confidence: number, classes: number): string {
  const digits = Math.max(4, `${classes - 1}`.length);
  const words = shownLabel(label)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '_');
  const name = [...words]
    .slice(0, MAX_LABEL)
    .join('')
    .replace(/^_+|_+$/g, '');
  const figure = cutConfidence(confidence);
  return [`${classId}`.padStart(digits, '0'), name, `${figure}.png`].filter((part) => part !== '').join('_');
}
