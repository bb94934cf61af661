import { BadInputError } from '../../protocol/base/errors.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { classOf } from '../cli/class-of.js';

/**
 * The classes that `--class` names: `all`, `random:N` (N different ones, drawn from the stream), or indices and labels
 * separated by commas. Throws a {@link BadInputError} (`ERR_CLASS`) for anything else.
 */
export function classesOf(text: string, labels: readonly string[], random: RandomStream): number[] {
  const all = labels.map((_, classId) => classId);
  if (text === 'all') return all;
  const drawn = /^random:(\d+)$/.exec(text)?.[1];
  if (drawn === undefined) return [...new Set(text.split(',').map((name) => classOf(name, labels)))];
  const wanted = Number(drawn);
  if (wanted < 1 || wanted > all.length) {
    throw new BadInputError({
      code: 'ERR_CLASS',
      problem: `--class ${text} asks for ${wanted} classes, but the network has ${all.length}`,
      fix: `Give a number from 1 to ${all.length}`,
    });
  }
  return Array.from({ length: wanted }, () => all.splice(random.below(all.length), 1)[0] ?? 0);
}
