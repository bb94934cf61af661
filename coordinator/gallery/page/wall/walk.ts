/** Where arrow keys lead on a wall. */

/** The place that a key leads to from `place`; undefined for keys that lead nowhere. `rows`: rows in view. */
export function step(
  key: string,
  place: number,
  { columns, count, rows }: { readonly columns: number; readonly count: number; readonly rows: number },
): number | undefined {
  const to = target();
  if (to === undefined || count === 0) return undefined;
  return Math.max(0, Math.min(count - 1, to));

  function target(): number | undefined {
    switch (key) {
      case 'ArrowLeft':
        return place - 1;
      case 'ArrowRight':
        return place + 1;
      case 'ArrowUp':
        return place >= columns ? place - columns : place;
      case 'ArrowDown':
        // Into a last row that is not full: its last tile; from the last row: nowhere.
        return Math.floor(place / columns) < Math.floor((count - 1) / columns) ? place + columns : place;
      case 'PageUp':
        return place - columns * rows >= 0 ? place - columns * rows : place % columns;
      case 'PageDown':
        return place + columns * rows;
      case 'Home':
        return 0;
      case 'End':
        return count - 1;
      default:
        return undefined;
    }
  }
}
