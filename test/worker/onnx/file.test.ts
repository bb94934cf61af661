import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BadInputError } from '../../../protocol/base/errors.js';
import { decodeModel, encodeModel } from '../../../worker/onnx/file.js';
import { linear } from './tiny-networks.js';

const FOLDER = '../shared/models/onnx';
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.onnx')) : [];

describe('an ONNX file', () => {
  it.skipIf(files.length === 0)('comes out of decoding and encoding byte for byte (../shared/models)', () => {
    for (const name of files) {
      const bytes = readFileSync(`${FOLDER}/${name}`);
      expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes), name).toBe(0);
    }
  });

  it('keeps 64-bit integers, explicit zeros and fields that nobody knows', () => {
    const model = linear();
    const int64Max = { low: -1, high: 0x7fffffff, unsigned: false };
    const node = model.graph?.node?.[0];
    node?.attribute?.push({
      name: 'ends',
      type: 2,
      i: Object.assign(int64Max, { toNumber: () => 2 ** 63 }) as never,
    });
    node?.attribute?.push({ name: 'zero', type: 2, i: 0 });
    // Field 99, wire type 0, value 7.
    const bytes = Buffer.concat([encodeModel(model), Buffer.from([0x98, 0x06, 0x07])]);
    const read = decodeModel(bytes);
    const attributes = read.graph.node?.[0]?.attribute;
    expect(attributes?.find(({ name }) => name === 'ends')?.i).toMatchObject({ low: -1, high: 0x7fffffff });
    expect(Object.hasOwn(attributes?.find(({ name }) => name === 'zero') ?? {}, 'i')).toBe(true);
    expect(Buffer.compare(encodeModel(read), bytes)).toBe(0);
  });

  it('is refused in one sentence wherever it breaks off', () => {
    const bytes = encodeModel(linear());
    for (let length = 0; length < bytes.length; length += 7) {
      let opened: unknown;
      try {
        opened = decodeModel(bytes.subarray(0, length), 'cut.onnx');
      } catch (error) {
        expect(error).toBeInstanceOf(BadInputError);
        expect((error as BadInputError).code).toBe('ERR_MODEL_FILE');
        expect((error as Error).message).toContain('cut.onnx');
      }
      expect(opened).toBeUndefined();
    }
  });

  it('is told from other files', () => {
    for (const text of ['', 'hello', '{"format":"layers-model"}', '\x89PNG\r\n\x1a\n', '\n\n\n\n']) {
      expect(() => decodeModel(Buffer.from(text, 'latin1'))).toThrow(BadInputError);
    }
  });
});
