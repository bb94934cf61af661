import type { Order } from '../address.js';
import type { Cells } from '../run/cells.js';

/** Which classes a wall shows, and in which order. */

export interface Choice {
  readonly order: Order;
  readonly find: string;
  /** Least confidence, 0 … 1; 0: empty cells too. */
  readonly above: number;
  /** Classes that come before all others, in this order, whatever else is chosen. */
  readonly first?: readonly number[];
}

/** Labels as people sort them: `9` before `10`. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Rank of every class by its label; made once, for comparing labels is what takes longest. */
export function rankLabels(labels: readonly string[]): Uint32Array {
  const order = labels.map((_, classId) => classId);
  order.sort((a, b) => collator.compare(labels[a] ?? '', labels[b] ?? '') || a - b);
  const ranks = new Uint32Array(labels.length);
  order.forEach((classId, rank) => {
    ranks[classId] = rank;
  });
  return ranks;
}

/** Class ids of the wall. All words of `find` must be in a label, or it is a class's number. */
export function choose(
  cells: Pick<Cells, 'classes' | 'get'>,
  labels: readonly string[],
  ranks: Uint32Array,
  { order, find, above, first = [] }: Choice,
): number[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const number = /^\d+$/.test(find.trim()) ? Number(find) : -1;
  const fits = (classId: number) => {
    if (above > 0 && (cells.get(classId)?.confidence ?? 0) < above) return false;
    const label = (labels[classId] ?? '').toLowerCase();
    return classId === number || words.every((word) => label.includes(word));
  };
  const chosen = Array.from({ length: cells.classes }, (_, classId) => classId).filter(fits);
  const rank = (classId: number) => ranks[classId] ?? classId;
  const key = keyOf(order, cells);
  chosen.sort((a, b) => key(a) - key(b) || rank(a) - rank(b));
  return first.length === 0 ? chosen : [...new Set([...first, ...chosen])];
}

/** What a class is sorted by, ascending; its label's rank decides between equals. Empty cells come last. */
function keyOf(order: Order, cells: Pick<Cells, 'get'>): (classId: number) => number {
  switch (order) {
    case 'label':
      return () => 0;
    case 'confidence':
      return (classId) => -(cells.get(classId)?.confidence ?? -1);
    case 'newest':
      return (classId) => -(cells.get(classId)?.changed ?? -1);
    case 'island':
      return (classId) => cells.get(classId)?.island ?? Number.MAX_SAFE_INTEGER;
  }
}
