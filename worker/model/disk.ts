import { BadInputError, reasonOf } from '../../protocol/errors.js';

/** `error` as one sentence when it says that a file could not be written; anything else as it is. */
export function writeError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const fixes: Record<string, string> = {
    ENOSPC: 'make room on that disk',
    EDQUOT: 'make room in your quota',
    EACCES: 'choose a directory that you may write',
    EPERM: 'choose a directory that you may write',
    EROFS: 'choose a directory that you may write',
    ENOTDIR: 'choose another directory',
    EEXIST: 'choose another directory',
    EISDIR: 'choose another directory',
  };
  const fix = typeof code === 'string' ? fixes[code] : undefined;
  if (fix === undefined) return error;
  return new BadInputError({
    code: 'ERR_WRITE',
    expected: `to write ${path}`,
    got: reasonOf(error),
    fix,
    cause: error,
  });
}
