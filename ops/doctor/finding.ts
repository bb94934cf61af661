/** What one look at a machine found. */
export interface Finding {
  /** The subject: Node, device cpu, broker. */
  readonly subject: string;
  /** `missing`: a worker would not start. `note`: it would, but a person may want to know. */
  readonly state: 'good' | 'note' | 'missing';
  /** In a few words, or the sentences of an error. */
  readonly said: string;
}

export const good = (subject: string, said: string): Finding => ({ subject, state: 'good', said });
export const note = (subject: string, said: string): Finding => ({ subject, state: 'note', said });
export const missing = (subject: string, said: string): Finding => ({ subject, state: 'missing', said });
