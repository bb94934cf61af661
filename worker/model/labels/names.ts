import type { LabelTable } from './label-table.js';

/**
 * Every name of a class, as {@link normal} has it: its label before its other names, and of a label such as
 * `tench, Tinca tinca` the first part too. null: a name that two classes share.
 */
export function byName({ labels, aliases }: LabelTable): ReadonlyMap<string, number | null> {
  const classes = new Map<string, number | null>();
  const tiers: readonly ((classId: number) => readonly string[])[] = [
    (classId) => [labels[classId] ?? ''],
    (classId) => [labels[classId]?.split(',')[0] ?? '', ...(aliases[classId] ?? [])],
  ];
  for (const namesOf of tiers) {
    const tier = new Map<string, number | null>();
    for (const classId of labels.keys()) {
      for (const name of new Set(namesOf(classId).map(normal)))
        tier.set(name, tier.has(name) ? null : classId);
    }
    for (const [name, classId] of tier) if (name !== '' && !classes.has(name)) classes.set(name, classId);
  }
  return classes;
}

/** Names that differ in case, and in what separates words, are the same. */
export function normal(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_.,-]+/g, ' ')
    .trim();
}
