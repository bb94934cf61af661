/** Fields of messages, checked: what protobuf calls a value may be of the wrong size, absent, or no number. */

/** Why bytes are not a message. */
export class MalformedMessageError extends Error {
  readonly reason: 'malformed' | 'wrong-version';

  constructor(reason: 'malformed' | 'wrong-version', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MalformedMessageError';
    this.reason = reason;
  }
}

/** A whole number from 0 that a double holds exactly. */
export function whole(value: number | null | undefined): number {
  // An absent 64-bit field comes as a Long of 0, whatever the generated types say.
  const number = Number(value ?? 0);
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new MalformedMessageError('malformed', `${number} is not a whole number from 0`);
  }
  return number;
}

/** Finite, 0 or more: seconds, minutes, a rate. */
export function amount(value: number | null | undefined): number {
  const number = value ?? 0;
  if (!(Number.isFinite(number) && number >= 0)) {
    throw new MalformedMessageError('malformed', `${number} is not a number from 0`);
  }
  return number;
}

/** 0 … 1: a confidence. */
export function share(value: number | null | undefined): number {
  const number = amount(value);
  if (number > 1) throw new MalformedMessageError('malformed', `${number} is greater than 1`);
  return number;
}

export function text(value: string | null | undefined): string {
  return value ?? '';
}
