import { expect, it } from 'vitest';
import { CPPN } from '../../../protocol/encodings/cppn/cppn.js';
import { DENSE } from '../../../protocol/encodings/dense/dense.js';
import { DIRECT } from '../../../protocol/encodings/direct/direct.js';
import { ENCODINGS } from '../../../protocol/encodings/encodings.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { ENCODING_NAMES } from '../../../protocol/encodings/names.js';
import { BARS } from '../../encodings/bars.js';
import { describeEncoding, OTHER_CANVAS, OTHER_CHANNELS, OTHER_LAYERS } from './conformance.js';

describeEncoding('cppn', CPPN, [OTHER_CANVAS, OTHER_CHANNELS]);
describeEncoding('direct', DIRECT, [OTHER_CANVAS, OTHER_CHANNELS]);
describeEncoding('dense', DENSE, [OTHER_LAYERS, OTHER_CHANNELS]);
describeEncoding('a toy', BARS, [OTHER_CANVAS], [{ canvas: 28, channels: 1, layers: DEFAULT_LAYERS }]);

it('every encoding has a name, and a member of the message Genome to itself', () => {
  expect(Object.keys(ENCODINGS)).toEqual([...ENCODING_NAMES]);
  const fields = Object.values(ENCODINGS).map(({ format }) => format.field);
  expect(new Set(fields).size).toBe(fields.length);
  for (const field of fields) expect(field >= 1 && field <= 15).toBe(true);
});
