/**
 * The process that says what a run's network sees: forked at the first question. It opens a session of its own, and the
 * system gives it what the islands leave. Its argument: a {@link NetworkOrder} as JSON.
 */
import { setPriority } from 'node:os';
import { BadInputError, messageOf } from '../../protocol/base/errors.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { loadRunModel, openNetworks } from '../../worker/classifier/open.js';
import { classifyPhotos, topGuesses } from '../../worker/classifier/photos.js';
import { createDrawnScorer } from '../../worker/drawn-scorer.js';
import type { Answer, NetworkOrder, Question } from './network-question.js';

/** Below that of the islands, which have 0. */
const PRIORITY = 10;
const BEST = 5;

setPriority(PRIORITY);
// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));

const order = JSON.parse(process.argv[2] ?? '') as NetworkOrder;
const drawer = loadDrawer();
// On the processor: whatever devices there are, the islands have them.
// Without the constraints of the run: people ask what its networks themselves say.
const opening = loadRunModel(order.modelDirectory, order.modelDigest).then((model) =>
  openNetworks(order.modelDirectory, model, order.objective, { engine: order.engine, device: 'cpu' }),
);

async function answer(question: Question): Promise<Answer> {
  let classifier: Classifier;
  try {
    classifier = await opening;
  } catch (error) {
    return { type: 'absent', problem: `The network of the run cannot be opened here (${messageOf(error)})` };
  }
  try {
    const confidences = await confidencesOf(question, classifier);
    const best = topGuesses(confidences, [], BEST).map(({ classId, confidence }) => ({
      classId,
      confidence,
    }));
    return { type: 'seen', best };
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    return { type: 'bad-picture', problem: error.problem, fix: 'Send another picture' };
  }
}

function confidencesOf({ type, bytes }: Question, classifier: Classifier): Promise<Float32Array> {
  const { views } = order;
  return type === 'picture'
    ? classifyPhotos([bytes], classifier, views)
    : createDrawnScorer({ drawer, classifier, views }).score([decodeGenome(bytes)]);
}

let last = Promise.resolve();
process.on('message', (question: Question) => {
  last = last.then(async () => {
    const answered = await answer(question);
    process.send?.(answered);
  });
});
