/** Longer labels, which runs of earlier versions may have, are cut when they are shown. */
const MAX_LABEL = 200;

/** What moves a terminal's cursor, breaks a line or turns the direction of reading; halves of a character, too. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]+/gu;

/** A label of at most 200 characters. Takes as long for one of a million characters as for one of 200. */
export function cutLabel(label: string): string {
  // A character is two UTF-16 units at the most: what is cut in half here is cut off below.
  const characters = [...label.slice(0, 2 * MAX_LABEL + 2)];
  return characters.length > MAX_LABEL ? `${characters.slice(0, MAX_LABEL - 1).join('')}…` : label;
}

/** A label as terminals, pictures and names of files show it: cut, and in one line. */
export function shownLabel(label: string): string {
  return cutLabel(label).replace(UNPRINTABLE, ' ').trim();
}
