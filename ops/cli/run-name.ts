import { InvalidArgumentError } from 'commander';
import { RUN_NAME, RUN_NAME_RULE } from '../../protocol/spec/run-name.js';

/** A parser of a flag that names a run: checked before a path or a subject is made of it. */
export function runName(text: string): string {
  if (!RUN_NAME.test(text)) throw new InvalidArgumentError(`expected ${RUN_NAME_RULE}`);
  return text;
}
