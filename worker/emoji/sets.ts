/** A vendor's drawings of emoji, as an npm package of Iconify carries them. */
export interface EmojiSet {
  /** The package's name after `@iconify-json/`. */
  readonly name: string;
  /** Exact, so that the network can be trained again. */
  readonly version: string;
  readonly license: string;
  readonly author: string;
  /** Whether its drawings are kept from training, to see what the network makes of a vendor that it does not know. */
  readonly heldOut: boolean;
}

export const EMOJI_SETS: readonly EmojiSet[] = [
  { name: 'noto', version: '1.2.9', license: 'Apache-2.0', author: 'Google', heldOut: false },
  { name: 'noto-v1', version: '1.2.5', license: 'Apache-2.0', author: 'Google', heldOut: false },
  { name: 'fluent-emoji', version: '1.2.7', license: 'MIT', author: 'Microsoft', heldOut: false },
  { name: 'fluent-emoji-flat', version: '1.2.6', license: 'MIT', author: 'Microsoft', heldOut: false },
  { name: 'emojione', version: '1.2.3', license: 'CC BY 4.0', author: 'Emoji One', heldOut: false },
  { name: 'openmoji', version: '1.2.29', license: 'CC BY-SA 4.0', author: 'OpenMoji', heldOut: false },
  { name: 'twemoji', version: '1.2.5', license: 'CC BY 4.0', author: 'Twitter', heldOut: true },
];

/** The set whose list of code points and names the classes are taken from. */
export const NAMING_SET = 'noto';

export function packageOf({ name }: EmojiSet): string {
  return `@iconify-json/${name}`;
}
