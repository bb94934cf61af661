import type { LabelTable } from '../model/labels/label-table.js';
import { byName, normal } from '../model/labels/names.js';

/** The class that a name of a folder or of a picture says; undefined: none. */
type Finder = (name: string) => number | undefined;

/** Names with the class that each says, or the first name that says none. */
export type Classified =
  | { readonly classIds: readonly number[] }
  | { readonly unknown: string; readonly some: boolean };

/**
 * The classes that the names of folders say. All are read in the first way that fits them all: as labels or synsets, as
 * indices (`7`, `007_tench`), as a synset and more (`n01440764-tench`). Where the network's labels are only numbers
 * (`class 0`) and there is one folder a class, they are in alphabetical order, as Keras and torchvision number folders.
 */
export function classesOfFolders(names: readonly string[], table: LabelTable): Classified {
  const finders = [whole(table), index(table), synset(table)];
  const found = firstThatFits(names, finders);
  const numbered = table.labels.every((label, classId) => label === `class ${classId}`);
  if ('classIds' in found || !numbered || names.length !== table.labels.length) return found;
  const sorted = names.toSorted();
  return { classIds: names.map((name) => sorted.indexOf(name)) };
}

/**
 * The classes that the names of pictures say (without their endings): each begins with the index of its class
 * (`000_n01440764`), with its synset (`n01440764_7`) or with its label (`cat.12`, `hot-dog-3`).
 */
export function classesOfPictures(names: readonly string[], table: LabelTable): Classified {
  return firstThatFits(names, [leadingLabel(table), index(table), synset(table)]);
}

function firstThatFits(names: readonly string[], finders: readonly Finder[]): Classified {
  const tried = finders.map((find) => names.map(find));
  const best = tried.toSorted((a, b) => misses(a) - misses(b))[0] ?? [];
  const classIds = best.filter((classId) => classId !== undefined);
  if (classIds.length === names.length) return { classIds };
  const miss = best.indexOf(undefined);
  return { unknown: names[miss] ?? '', some: classIds.length > 0 };
}

function misses(found: readonly (number | undefined)[]): number {
  return found.filter((classId) => classId === undefined).length;
}

function whole(table: LabelTable): Finder {
  const classes = byName(table);
  return (name) => classes.get(normal(name)) ?? undefined;
}

function leadingLabel(table: LabelTable): Finder {
  const classes = byName(table);
  return (name) => {
    // The longest beginning that is a name: "hot dog" before "hot".
    const words = normal(name).split(' ');
    for (let count = words.length; count > 0; count--) {
      const classId = classes.get(words.slice(0, count).join(' '));
      if (classId !== undefined && classId !== null) return classId;
    }
    return undefined;
  };
}

function index({ labels }: LabelTable): Finder {
  return (name) => {
    const number = /^(\d+)(?:[\s_.-]|$)/.exec(name)?.[1];
    const classId = Number(number);
    return number !== undefined && classId < labels.length ? classId : undefined;
  };
}

function synset(table: LabelTable): Finder {
  const classes = byName(table);
  return (name) => classes.get(/^n\d{8}(?!\d)/.exec(name)?.[0] ?? '') ?? undefined;
}
