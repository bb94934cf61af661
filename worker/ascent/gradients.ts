import { BadInputError } from '../../protocol/base/errors.js';
import type { Classifier } from '../classifier/classifier.js';

/** What of a classifier an ascent asks. */
export type Gradients = Pick<Classifier, 'input' | 'classify'> & Required<Pick<Classifier, 'gradient'>>;

/** The classifier as one that has a gradient. Throws a {@link BadInputError} where its engine has none. */
export function withGradient(classifier: Classifier, name: string): Gradients {
  const { gradient } = classifier;
  if (gradient) return { ...classifier, gradient };
  throw new BadInputError({
    code: 'ERR_NO_GRADIENT',
    problem: `The engine ${classifier.engine} has no gradient of ${name} on ${classifier.device}`,
    fix: 'Use --engine onnx',
  });
}
