import { expect, it } from 'vitest';
import { CPPN } from '../../../protocol/encodings/cppn/cppn.js';
import { DIRECT } from '../../../protocol/encodings/direct/direct.js';
import { ENCODINGS } from '../../../protocol/encodings/encodings.js';
import { ENCODING_NAMES } from '../../../protocol/encodings/names.js';
import { BARS } from '../../encodings/bars.js';
import { describeEncoding } from './conformance.js';

describeEncoding('cppn', CPPN);
describeEncoding('direct', DIRECT);
describeEncoding('a toy', BARS, [{ canvas: 28, channels: 1 }]);

it('every encoding has a name, and a member of the message Genome to itself', () => {
  expect(Object.keys(ENCODINGS)).toEqual([...ENCODING_NAMES]);
  const fields = Object.values(ENCODINGS).map(({ format }) => format.field);
  expect(new Set(fields).size).toBe(fields.length);
  for (const field of fields) expect(field >= 1 && field <= 15).toBe(true);
});
