import { expect, it } from 'vitest';
import { BadInputError } from '../../../protocol/base/errors.js';
import { writeError } from '../../../worker/model/disk.js';

it('a full disk is said in one sentence, and other errors stay what they are', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const said = writeError(full, '/runs/one/model');
  expect(said).toBeInstanceOf(BadInputError);
  expect(String(said)).toMatch(/\/runs\/one\/model.*no space left.*Make room/);
  const other = new Error('something else');
  expect(writeError(other, '/x')).toBe(other);
});
