import { InvalidArgumentError } from 'commander';

/** A flag's finite number; throws commander's error for anything else. */
export function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** A flag's whole number from 0; throws commander's error for anything else. */
export function wholeNumber(text: string): number {
  const value = finiteNumber(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('expected a whole number from 0');
  return value;
}
