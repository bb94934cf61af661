import { expect, it } from 'vitest';
import { explain } from '../../../coordinator/store/store-errors.js';

it.each(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'])('%s is told as a full disk, with what to do', (code) => {
  const explained = explain(Object.assign(new Error('disk I/O error'), { code }), 'runs/night/archive.db');
  expect(String(explained)).toMatch(
    /The disk is full, so runs\/night\/archive\.db cannot be written\. Free some space/,
  );
});

it('any other error of the disk keeps its own words', () => {
  const error = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' });
  expect(String(explain(error, 'archive.db'))).toMatch(
    /archive\.db .*\(disk I\/O error, SQLITE_IOERR_READ\)\. Check the disk/,
  );
});
