import { shownLabel } from '../../../coordinator/export/shown-label.js';
import { chordDiagram } from '../figures/chord.js';
import type { Figure } from '../figures/shape.js';
import { whole } from '../results/format.js';
import { closestClasses } from './closest-classes.js';
import type { GoalSwitches } from './goal-switches.js';

/** Classes around the circle at the most: more names than that cannot be read. */
const SHOWN = 20;

/**
 * Goal switches as arrows between classes around a circle; of many classes, between those that traded most with each other.
 * Absent where there were none.
 */
export function chordFigure(switches: GoalSwitches, labels: readonly string[]): Figure | undefined {
  const { classes, total } = switches;
  const shown = closestClasses(switches, SHOWN);
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

function countOf({ counts, classes }: GoalSwitches, from: number, to: number): number {
  return counts.get(from * classes + to) ?? 0;
}

function sumOf(classes: readonly number[], of: (classId: number) => number): number {
  return classes.reduce((sum, classId) => sum + of(classId), 0);
}
