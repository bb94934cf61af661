// Compares an emitter of one's own (restless.ts) with the paper's, at equal evaluations and seed.
//   npm run build && node dist/ops/examples/my-emitter.js
import { EMITTERS, evolve, openClassifier, summarise } from 'atoll';
import { createRestless } from './restless.js';

const classifier = await openClassifier('digits');
for (const [name, emitter] of Object.entries({ mutation: EMITTERS.mutation, restless: createRestless })) {
  const evolution = evolve({ classifier, emitter, seed: 1, budget: { evaluations: 2000 } });
  let won = 0;
  for await (const step of evolution) won += step.won.length;
  const { confidences, filled } = evolution.archive;
  console.log(`${name}: median confidence ${summarise(confidences, filled).median.toFixed(4)}, ${won} jumps`);
}
await classifier.close();
