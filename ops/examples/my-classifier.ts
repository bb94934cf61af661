// Evolves images for a classifier of one's own (quarters.ts) and shows them as text.
//   npm run build && node dist/ops/examples/my-classifier.js
import { evolve, loadDrawer } from 'atoll';
import { createQuarters } from './quarters.js';

const QUARTERS = ['above left', 'above right', 'below left', 'below right'];

const classifier = createQuarters();
const evolution = evolve({ classifier, seed: 1, budget: { evaluations: 3000, targetMedian: 0.99 } });
for await (const { totals, won } of evolution) {
  for (const { classId, confidence } of won) {
    console.log(`evaluation ${totals.evaluations}: ${QUARTERS[classId]} ${confidence.toFixed(4)}`);
  }
}

const drawer = loadDrawer();
for (const { classId, confidence, candidate } of evolution.archive.elites()) {
  const { data, width } = drawer.pixels(candidate.genome, classifier.input.width, classifier.input.height);
  console.log(`\n${QUARTERS[classId]}: ${confidence.toFixed(4)}`);
  for (let start = 0; start < data.length; start += width) {
    console.log([...data.subarray(start, start + width)].map((byte) => ' .:-=+*#'[byte >> 5]).join(' '));
  }
}
await classifier.close();
