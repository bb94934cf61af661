/** The labels of a network, one a class in the order of its outputs, with the other names that a file gives the classes. */
export interface LabelTable {
  readonly labels: readonly string[];
  /** Synsets and synonyms of each class; as many lists as labels. */
  readonly aliases: readonly (readonly string[])[];
}

/** One class as a file has it. */
export interface Named {
  readonly label: string;
  readonly aliases: readonly string[];
  /** The line of the file, counted from 1, where it is one a line. */
  readonly line?: number;
}

/** A class of ImageNet in WordNet: `n01440764`. */
export const SYNSET = /^n\d{8}$/;

export function tableOf(named: readonly Named[]): LabelTable {
  return { labels: named.map(({ label }) => label), aliases: named.map(({ aliases }) => aliases) };
}
