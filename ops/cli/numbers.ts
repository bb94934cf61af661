import { InvalidArgumentError } from 'commander';

/** A parser of a flag's number; what it throws names what it expects, for usage.ts to make a sentence of. */
type NumberParser = (text: string) => number;

/** A finite number that passes `fits`; throws commander's error for anything else. */
function numberThat(wanted: string, fits: (value: number) => boolean): NumberParser {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !fits(value)) {
      throw new InvalidArgumentError(`expected ${wanted}`);
    }
    return value;
  };
}

export const numberFromZero = numberThat('a number from 0', (value) => value >= 0);
export const positiveNumber = numberThat('a number greater than 0', (value) => value > 0);
/** Greater than 0, at most 1. */
export const positiveShare = numberThat(
  'a number greater than 0, at most 1',
  (value) => value > 0 && value <= 1,
);

/** From 0 to 1. */
export const shareFromZero = numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1);

export const wholeNumber = wholeFrom(0);
/** How many of something there are: at least one. */
export const count = wholeFrom(1);

/** A parser of whole numbers `from` … `to`. */
export function wholeFrom(from: number, to?: number): NumberParser {
  const wanted = to === undefined ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`;
  return numberThat(
    wanted,
    (value) => Number.isSafeInteger(value) && value >= from && value <= (to ?? Number.MAX_SAFE_INTEGER),
  );
}

/** A list like 1,2,3, of seeds that differ. */
export function seedList(text: string): readonly number[] {
  const seeds = text.split(',').map(Number);
  if (text === '' || !seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) {
    throw new InvalidArgumentError('expected whole numbers from 0, separated by commas');
  }
  // The same search twice would count as two that agree.
  if (new Set(seeds).size < seeds.length) throw new InvalidArgumentError('expected numbers that differ');
  return seeds;
}
