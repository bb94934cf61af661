import { shownLabel } from '../../../coordinator/export/shown-label.js';
import { chordDiagram } from '../figures/chord.js';
import type { Figure } from '../figures/shape.js';
import { whole } from '../results/format.js';
import type { GoalSwitches } from './goal-switches.js';

/** Classes around the circle at the most: more names than that cannot be read. */
const SHOWN = 20;

/**
 * Goal switches as arrows between classes around a circle; of many classes, between those that traded most with each other.
 * Absent where there were none.
 */
export function chordFigure(switches: GoalSwitches, labels: readonly string[]): Figure | undefined {
  const { classes, total } = switches;
  const shown = closest(switches, SHOWN);
  if (shown.length === 0) return undefined;
  const among = shown.reduce((sum, from) => sum + sumOf(shown, (to) => countOf(switches, from, to)), 0);
  const part =
    among === total
      ? `All ${whole(total)}.`
      : `${whole(among)} of ${whole(total)}: those between the ${shown.length} of ${whole(classes)} classes that traded most with each other.`;
  return chordDiagram({
    title: 'Goal switches between classes',
    notes: [part, 'An arrow goes from the class that the parent held to the class that the child took.'],
    names: shown.map((classId) => shownLabel(labels[classId] ?? '')),
    flow: (from, to) => countOf(switches, shown[from] ?? 0, shown[to] ?? 0),
  });
}

/**
 * At most `most` classes between which there were many switches, ascending; each traded with another of them. Again and again
 * the class is left out that traded least with the rest: the greedy way to a densest part of a graph (Charikar 2000).
 */
export function closest(switches: GoalSwitches, most: number): number[] {
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

function countOf({ counts, classes }: GoalSwitches, from: number, to: number): number {
  return counts.get(from * classes + to) ?? 0;
}

function sumOf(classes: readonly number[], of: (classId: number) => number): number {
  return classes.reduce((sum, classId) => sum + of(classId), 0);
}
