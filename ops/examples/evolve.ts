// Evolves images that the shipped network takes for digits, in one process.
//   npm run build && node dist/ops/examples/evolve.js
import { evolve, openClassifier } from 'atoll';

const classifier = await openClassifier('digits');
const evolution = evolve({ classifier, seed: 1, budget: { evaluations: 2000 } });

for await (const { totals, won, summary } of evolution) {
  if (won.length === 0) continue;
  console.log(`${totals.evaluations} evaluations, median confidence ${summary.median.toFixed(4)}`);
}

for (const { classId, confidence, candidate } of evolution.archive.elites()) {
  console.log(
    `${classifier.labels[classId]}: ${confidence.toFixed(4)}, genome ${candidate.digest.slice(0, 8)}`,
  );
}
await classifier.close();
