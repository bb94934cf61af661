import { EXIT } from './exit-codes.js';

/**
 * Every error that a person may see says what is wrong and what to do, in two plain sentences, and carries a stable
 * `code` and the exit code that the command line ends with. ops/docs/errors.md lists all codes.
 */

/** The parts of a {@link BadInputError}: a code, and two plain sentences, each without its full stop. */
export interface BadInput {
  /** Stable and machine-readable, e.g. `ERR_MODEL_FILE`. */
  readonly code: `ERR_${string}`;
  /** What is wrong, in the reader's own words: `labels.txt has 9 labels, but net.onnx has 10 classes`. */
  readonly problem: string;
  /** What the reader can do or type: `Give the labels of this network`. */
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
  readonly exitCode = EXIT.badInput;
  /** What is wrong, without what to do about it: for a sentence about several inputs. */
  readonly problem: string;

  constructor({ code, problem, fix, cause }: BadInput) {
    super(code, `${sentence(problem)} ${sentence(fix)}`, cause);
    this.problem = sentence(problem);
  }
}

/** With exactly one full stop: a clause may end in another error's sentence. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/**
 * A disk is full, or a quota on it is used up: nothing is wrong with the input, and with more room the same works.
 * Exit code 4.
 */
export class DiskFullError extends AtollError {
  readonly exitCode = EXIT.diskFull;

  /** Two plain sentences without their full stops, as of a {@link BadInput}. */
  constructor(problem: string, fix: string, cause?: unknown) {
    super('ERR_DISK_FULL', `${sentence(problem)} ${sentence(fix)}`, cause);
  }
}

/** The cluster could not be reached. Exit code 3. */
export class UnreachableError extends AtollError {
  readonly exitCode = EXIT.unreachable;
}

/** Someone asked the program to stop before it was done. Exit code 130. */
export class InterruptedError extends AtollError {
  readonly exitCode = EXIT.interrupted;

  constructor(message = 'Interrupted. Everything found so far is stored.') {
    super('ERR_INTERRUPTED', message);
  }
}

/** A check found a fault. Exit code 1: the command was right, but the checked content is not. */
export class VerificationError extends AtollError {
  readonly exitCode = EXIT.failed;
}

/** The code of a system's or a library's error, e.g. `ENOENT`; empty for what has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
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
