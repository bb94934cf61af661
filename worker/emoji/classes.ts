/** An emoji as a class. */
export interface EmojiClass {
  /** Its code point, hexadecimal. */
  readonly codePoint: string;
  /** What the packages call it, e.g. `grinning-face`. */
  readonly name: string;
}

export const EMOJI_CLASSES = 1000;

/**
 * The classes: of all emoji of one code point (so no flags of countries, no tones of skin, no families) that every set has,
 * the first 1,000 by code point. Clock faces are left out, for one differs from the next by a hand alone.
 * `named`: names by code points; `sets`: whether each set has a drawing of a name. Throws a RangeError when there are fewer.
 */
export function emojiClasses(
  named: ReadonlyMap<string, string>,
  sets: readonly { has(name: string): boolean }[],
): readonly EmojiClass[] {
  const found = new Map<string, EmojiClass>();
  for (const [codes, name] of named) {
    const codePoint = codes.replace(/-fe0f$/, '');
    if (/^[0-9a-f]+$/.test(codePoint) && !isClock(codePoint) && sets.every((set) => set.has(name)))
      found.set(codePoint, { codePoint, name });
  }
  const sorted = [...found.values()].sort((a, b) => numberOf(a.codePoint) - numberOf(b.codePoint));
  if (sorted.length < EMOJI_CLASSES) {
    throw new RangeError(`expected ${EMOJI_CLASSES} emoji that all sets have, found ${sorted.length}`);
  }
  return sorted.slice(0, EMOJI_CLASSES);
}

function numberOf(codePoint: string): number {
  return Number.parseInt(codePoint, 16);
}

const FIRST_CLOCK = 0x1f550;
const LAST_CLOCK = 0x1f567;

function isClock(codePoint: string): boolean {
  return numberOf(codePoint) >= FIRST_CLOCK && numberOf(codePoint) <= LAST_CLOCK;
}

/** The label that people read: `grinning face`. */
export function labelOf({ name }: EmojiClass): string {
  return name.replaceAll('-', ' ');
}
