import type { OutputKind } from '../onnx/output-kind.js';

const MEANINGS: Readonly<Record<OutputKind, string>> = {
  logits: 'scores that become confidences through a softmax',
  softmax: 'confidences that add up to 1',
  sigmoid: 'independent confidences, which need not add up to 1',
  'sigmoid-logits': 'scores that become independent confidences through a sigmoid',
};

/** What a person is told of a kind of output that was inferred. */
export function outputNote(name: string, kind: OutputKind): string {
  return `${name} gives ${MEANINGS[kind]}, as far as its file and a trial show; --output says otherwise.`;
}

/** What a person is told of a network that gives one score an image. */
export function pairNote(name: string): string {
  return `${name} gives one score, so it has two classes: the second has this confidence p, the first has 1 − p.`;
}
