import type { LabelTable } from './label-table.js';
import { byName, normal } from './names.js';

/** Which class of another network is the same thing. */
export interface ClassMatch {
  /** By class of the first network; null: the other has none. */
  readonly classes: readonly (number | null)[];
  /** How they were found: by their names, or, where a network has none, by their place. */
  readonly by: 'name' | 'index';
}

/**
 * Matches the classes of two networks by any of their names: label, synset, the first part of `tench, Tinca tinca`. Where
 * the classes of one of the two have only numbers (`class 0`), they are matched by their place, if there are equally many.
 */
export function matchClasses(from: LabelTable, to: LabelTable): ClassMatch {
  if (isNumbered(from) || isNumbered(to)) {
    const isSame = from.labels.length === to.labels.length;
    return { classes: from.labels.map((_, classId) => (isSame ? classId : null)), by: 'index' };
  }
  const known = byName(to);
  const taken = new Set<number>();
  const classes = from.labels.map((label, classId) => {
    const names = [label, ...(from.aliases[classId] ?? []), label.split(',')[0] ?? ''];
    const found = names.map((name) => known.get(normal(name))).find((each) => typeof each === 'number');
    if (found === undefined || taken.has(found)) return null;
    taken.add(found);
    return found;
  });
  return { classes, by: 'name' };
}

function isNumbered({ labels }: LabelTable): boolean {
  return labels.every((label, classId) => label === `class ${classId}`);
}
