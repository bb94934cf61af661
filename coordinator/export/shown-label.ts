/** Longer labels are cut when they are shown; networks' labels are no longer than this, those of older runs may be. */
const MAX_SHOWN_LABEL = 200;

/** What moves a terminal's cursor, breaks a line or turns the direction of reading; halves of a character, too. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]+/gu;

/**
 * A label as files, terminals and pictures show it: in one line, of at most 200 characters. Takes as long for a label of
 * a million characters as for one of 200.
 */
export function shownLabel(label: string): string {
  // A character is two UTF-16 units at the most: one that is cut in half here would have been cut off below.
  const characters = [...label.slice(0, 2 * MAX_SHOWN_LABEL + 2)];
  const long = characters.length > MAX_SHOWN_LABEL;
  const text = long ? `${characters.slice(0, MAX_SHOWN_LABEL - 1).join('')}…` : label;
  return text.replace(UNPRINTABLE, ' ').trim();
}
