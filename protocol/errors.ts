/**
 * The error catalogue. Every error that a person may see says what was expected, what came and what to do,
 * and carries a stable `code` and the exit code that the command line ends with.
 */

/** What a {@link BadInputError} is made of: three clauses of one sentence. */
export interface BadInput {
  /** Stable and machine-readable, e.g. `ERR_MODEL_TRUNCATED`. */
  readonly code: `ERR_${string}`;
  readonly expected: string;
  readonly got: string;
  /** An imperative: what the reader can do about it. */
  readonly fix: string;
  readonly cause?: unknown;
}

export abstract class AtollError extends Error {
  abstract readonly exitCode: number;
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
  }
}

/** Input that can never work: trying again does not help. Exit code 2. */
export class BadInputError extends AtollError {
  readonly exitCode = 2;

  constructor({ code, expected, got, fix, cause }: BadInput) {
    super(code, `expected ${expected}, got ${got}; ${fix}`, cause);
  }
}

/** The cluster could not be reached. Exit code 3. */
export class UnreachableError extends AtollError {
  readonly exitCode = 3;
}

/** Someone asked the program to stop before it was done. Exit code 130. */
export class InterruptedError extends AtollError {
  readonly exitCode = 130;

  constructor(message = 'interrupted; everything found so far is stored') {
    super('ERR_INTERRUPTED', message);
  }
}

/** What was checked is not what it claims to be. Exit code 1: the input was good, its content is not. */
export class VerificationError extends AtollError {
  readonly exitCode = 1;
}

/** Why a file could not be read, for a sentence that has named it: without the system's code and path. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error).replace(/:$/, '');
  if (!(error instanceof Error && 'syscall' in error)) return message;
  if ('code' in error && error.code === 'EISDIR') return 'a directory';
  return message.replace(/^E[A-Z]+: /, '').replace(/, \w+( '.*')?$/, '');
}

/** The message of anything thrown, in one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
