import { expect, it } from 'vitest';
import { BadInputError, DiskFullError, UnreachableError } from '../../../protocol/base/errors.js';
import { explainWriting } from '../../../protocol/files/write-errors.js';

const failure = (code: string) => Object.assign(new Error(`${code}: it failed, write`), { code });

it.each(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])('%s is a full disk, which is no bad input', (code) => {
  const said = explainWriting(failure(code), '/runs/one');
  expect(said).toBeInstanceOf(DiskFullError);
  expect(said).toMatchObject({ code: 'ERR_DISK_FULL', exitCode: 4 });
  expect(String(said)).toMatch(/\/runs\/one cannot be written: .*(full|quota).*\. Free some space/);
});

it.each(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'EEXIST', 'ENOTEMPTY', 'EISDIR'])(
  '%s is a path that cannot be written, with what to do',
  (code) => {
    const said = explainWriting(failure(code), '/runs/one');
    expect(said).toBeInstanceOf(BadInputError);
    expect(said).toMatchObject({ code: 'ERR_NOT_WRITABLE', exitCode: 2 });
  },
);

it('what was said of a temporary name, or of a broker, is said of the path', () => {
  const once = explainWriting(failure('ENOSPC'), '/runs/one.tmp');
  expect(String(explainWriting(once, '/runs/one'))).toContain('/runs/one cannot');
  const far = new UnreachableError('ERR_MODEL_STORE', 'The model cannot be fetched.', failure('ENOSPC'));
  expect(explainWriting(far, '/models/one')).toMatchObject({ code: 'ERR_DISK_FULL' });
});

it('any other error stays what it is', () => {
  const other = new Error('something else');
  expect(explainWriting(other, '/x')).toBe(other);
});
