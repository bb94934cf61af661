import { BadInputError, reasonOf } from '../../protocol/base/errors.js';

/** `error` as one sentence when it says that a file could not be written; anything else as it is. */
export function writeError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const fixes: Record<string, string> = {
    ENOSPC: 'Make room on that disk',
    EDQUOT: 'Make room in your quota',
    EACCES: 'Choose a directory that you may write',
    EPERM: 'Choose a directory that you may write',
    EROFS: 'Choose a directory that you may write',
    ENOTDIR: 'Choose another directory',
    EEXIST: 'Choose another directory',
    EISDIR: 'Choose another directory',
  };
  const fix = typeof code === 'string' ? fixes[code] : undefined;
  if (fix === undefined) return error;
  return new BadInputError({
    code: 'ERR_WRITE',
    problem: `${path} cannot be written (${reasonOf(error)})`,
    fix,
    cause: error,
  });
}
