import { shownLabel } from '../../../coordinator/export/shown-label.js';
import { heatMap, rising } from '../figures/heat.js';
import type { Figure } from '../figures/shape.js';
import type { Table } from '../results/table.js';
import { closestClasses } from './closest-classes.js';

/** An image that took the cell of a class, and the class that its parent held. */
export interface Descent {
  readonly from: number;
  readonly to: number;
}

/** How often images of a class became elites of another. */
export interface GoalSwitches {
  /** By `from` · classes + `to`, only those that happened. */
  readonly counts: ReadonlyMap<number, number>;
  readonly classes: number;
  readonly total: number;
}

/** Counts the descents whose parent held another class: the goal switches of Nguyen, Yosinski and Clune (GECCO 2015). */
export function countSwitches(descents: Iterable<Descent>, classes: number): GoalSwitches {
  const counts = new Map<number, number>();
  let total = 0;
  for (const { from, to } of descents) {
    if (from === to) continue;
    const key = from * classes + to;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    total++;
  }
  return { counts, classes, total };
}

/** Classes that are shown in the matrix at the most. */
const SHOWN = 30;

/** Goal switches as a matrix; of many classes, between those that traded most with each other. */
export function switchFigure(switches: GoalSwitches, labels: readonly string[]): Figure {
  const { counts, classes, total } = switches;
  const isPart = classes > SHOWN;
  const shown = isPart ? closestClasses(switches, SHOWN) : Array.from({ length: classes }, (_, i) => i);
  const names = shown.map((classId) => shownLabel(labels[classId] ?? ''));
  const at = (row: number, column: number) =>
    counts.get((shown[row] ?? 0) * classes + (shown[column] ?? 0)) ?? 0;
  const most = Math.max(1, ...shown.flatMap((_, r) => shown.map((__, c) => at(r, c))));
  const part = isPart ? `; the ${shown.length} classes that traded most with each other` : '';
  return heatMap({
    title: `Goal switches: ${total.toLocaleString('en-US')} in all${part}`,
    rows: names,
    columns: names,
    rowTitle: 'the parent held',
    columnTitle: 'the child took',
    value: (row, column) => (row === column ? null : at(row, column)),
    ramp: rising(0, most),
    // Most pairs have none.
    format: (count) => (count === 0 ? '' : `${count}`),
  });
}

/** The classes whose images became elites of others most often, and how often they took from others. */
export function giverTable(
  { counts, classes }: GoalSwitches,
  labels: readonly string[],
  most: number,
): Table {
  const given = new Float64Array(classes);
  const taken = new Float64Array(classes);
  for (const [key, count] of counts) {
    const [from, to] = pairOf(key, classes);
    given[from] = (given[from] ?? 0) + count;
    taken[to] = (taken[to] ?? 0) + count;
  }
  const order = [...given.keys()].sort((a, b) => (given[b] ?? 0) - (given[a] ?? 0) || a - b).slice(0, most);
  return {
    columns: [
      { name: 'label', title: 'class' },
      { name: 'given', title: 'its images took another class', format: String },
      { name: 'taken', title: 'images of others took it', format: String },
    ],
    rows: order.map((classId) => [
      shownLabel(labels[classId] ?? ''),
      given[classId] ?? 0,
      taken[classId] ?? 0,
    ]),
  };
}

/** The pairs of classes between which images went most often. */
export function switchTable(
  { counts, classes }: GoalSwitches,
  labels: readonly string[],
  most: number,
): Table {
  const pairs = [...counts].sort(([a, m], [b, n]) => n - m || a - b).slice(0, most);
  return {
    columns: [
      { name: 'from', title: 'the parent held' },
      { name: 'to', title: 'the child took' },
      { name: 'count', title: 'times', format: String },
    ],
    rows: pairs.map(([key, count]) => {
      const [from, to] = pairOf(key, classes);
      return [shownLabel(labels[from] ?? ''), shownLabel(labels[to] ?? ''), count];
    }),
  };
}

function pairOf(key: number, classes: number): readonly [from: number, to: number] {
  return [Math.floor(key / classes), key % classes];
}
