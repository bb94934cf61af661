import { BadInputError } from '../../protocol/base/errors.js';
import { channelCount } from '../../protocol/drawing/tensor-spec.js';
import { matchClasses } from '../model/labels/match-classes.js';
import type { Model } from '../model/model.js';

type Known = Pick<Model, 'name' | 'input' | 'labels' | 'digest'>;

/**
 * The class of a further network for each class of a run's model: the one with the same name, or, where either has numbers
 * only, that in its place. Throws a {@link BadInputError} (`ERR_OBJECTIVE`) where an image of one is none of the other, or
 * the classes are not the same.
 */
export function checkFurther(first: Known, further: Known): readonly number[] {
  if (further.digest === first.digest) {
    throw refusal(`${further.name} is the network of the run itself`, 'Name another network with --also');
  }
  const [own, its] = [first, further].map(({ input: { width, height, channels } }) => {
    const colours = channelCount(channels) === 1 ? 'grey' : 'colour';
    return `${width} × ${height} pixels in ${colours}`;
  });
  if (own !== its) {
    throw refusal(
      `${further.name} takes ${its}, and ${first.name} takes ${own}: no image is the same to both`,
      'Name networks whose inputs have the same size and colours',
    );
  }
  // Two classes of ImageNet are called crane: names alone would not tell them apart.
  if (first.labels.join('\n') === further.labels.join('\n')) return [...first.labels.keys()];
  const table = ({ labels }: Known) => ({ labels, aliases: [] });
  const matched = matchClasses(table(first), table(further)).classes.filter((each) => each !== null);
  const { length } = first.labels;
  if (matched.length === length && further.labels.length === length) return matched;
  throw refusal(
    `${matched.length} of the ${length} classes of ${first.name} are among the ${further.labels.length} of ${further.name}, but all have to be`,
    'Name networks of the same classes, or give their cards labels that agree',
  );
}

function refusal(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_OBJECTIVE', problem, fix });
}
