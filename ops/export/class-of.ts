import { shownLabel } from '../../coordinator/export/shown-label.js';
import { BadInputError } from '../../protocol/base/errors.js';

/** A class by its index or its label. Throws a {@link BadInputError} (`ERR_CLASS`) for what is neither. */
export function classOf(name: string, labels: readonly string[], whose = 'this run'): number {
  const given = name.trim();
  const shown = shownLabel(given);
  const byLabel = labels.findIndex((label) => label === given || shownLabel(label) === shown);
  if (shown !== '' && byLabel >= 0) return byLabel;
  const index = Number(given);
  if (given !== '' && Number.isInteger(index) && index >= 0 && index < labels.length) return index;
  throw new BadInputError({
    code: 'ERR_CLASS',
    problem: `${JSON.stringify(shown)} is no class of ${whose}`,
    fix: `Give a number from 0 to ${labels.length - 1}, or a label; elites.csv of an export lists both`,
  });
}
