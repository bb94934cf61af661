import { expect, it } from 'vitest';
import { imageFileName } from '../../../coordinator/export/file-name.js';
import { cutConfidence } from '../../../protocol/archive/cut-confidence.js';

it('a confidence is cut to four decimals wherever it is shown, and never rounded up to a certainty', () => {
  expect(cutConfidence(0.99996)).toBe('0.9999');
  expect(cutConfidence(1)).toBe('1.0000');
  expect(cutConfidence(0)).toBe('0.0000');
  expect(cutConfidence(0.5)).toBe('0.5000');
  expect(imageFileName(3, 'cat', 0.12349, 10)).toBe(`0003_cat_${cutConfidence(0.12349)}.png`);
});
