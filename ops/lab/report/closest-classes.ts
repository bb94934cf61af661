import type { GoalSwitches } from './goal-switches.js';

/**
 * At most `most` classes between which there were many switches, ascending; each traded with another of them. Again and again
 * the class is left out that traded least with the rest: the greedy way to a densest part of a graph (Charikar 2000).
 */
export function closestClasses(switches: GoalSwitches, most: number): number[] {
  const { counts, classes } = switches;
  const traded = new Float64Array(classes);
  const partners = new Map<number, Map<number, number>>();
  const add = (one: number, other: number, count: number) => {
    traded[one] = (traded[one] ?? 0) + count;
    const known = partners.get(one) ?? new Map<number, number>();
    partners.set(one, known.set(other, (known.get(other) ?? 0) + count));
  };
  for (const [key, count] of counts) {
    const [from, to] = [Math.floor(key / classes), key % classes];
    add(from, to, count);
    add(to, from, count);
  }
  const left = new Set([...traded.keys()].filter((classId) => (traded[classId] ?? 0) > 0));
  while (left.size > most || [...left].some((classId) => traded[classId] === 0)) {
    let least = -1;
    // Of equals the later class.
    for (const classId of left)
      if (least < 0 || (traded[classId] ?? 0) <= (traded[least] ?? 0)) least = classId;
    left.delete(least);
    for (const [other, count] of partners.get(least) ?? []) traded[other] = (traded[other] ?? 0) - count;
  }
  return [...left].sort((a, b) => a - b);
}
