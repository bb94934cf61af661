import type { EngineName } from '../../protocol/spec/engine-names.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { openModel } from '../../worker/classifier/open.js';
import type { ModelOverrides } from '../../worker/model/resolve.js';

/** How a network is opened: what the flags of `atoll up` say too. */
export interface ClassifierOptions extends Omit<ModelOverrides, 'longLabels'> {
  /** The engine that runs the network; default `onnx`. */
  readonly engine?: EngineName;
  /** `cpu` (default), `webgpu`, `cuda` or `cuda:N`. */
  readonly device?: string;
}

/** A classifier that knows its classes by name. It holds a session until it is closed. */
export interface OpenedClassifier extends Classifier {
  readonly name: string;
  /** One a class, in the order of the confidences. */
  readonly labels: readonly string[];
  /** Closes it: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a network: an ONNX file, a TensorFlow.js `model.json`, a directory that holds one, or a name that `atoll models`
 * lists. Rejects with a {@link BadInputError} when there is no such network, when it cannot be opened, or when something
 * that is needed is said nowhere.
 *
 * @example
 * await using digits = await openClassifier('digits');
 * console.log(digits.labels, digits.input);
 */
export async function openClassifier(
  reference: string,
  options: ClassifierOptions = {},
): Promise<OpenedClassifier> {
  const { engine = 'onnx', device = 'cpu', ...overrides } = options;
  const { model, classifier } = await openModel(reference, overrides, { engine, device });
  return named(classifier, model);
}

/** The classifier of a model whose name and labels are known. */
export function named(
  classifier: Classifier,
  { name, labels }: { readonly name: string; readonly labels: readonly string[] },
): OpenedClassifier {
  return { ...classifier, name, labels, [Symbol.asyncDispose]: () => classifier.close() };
}
