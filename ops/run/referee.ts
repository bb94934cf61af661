import type { Referee } from '../../coordinator/audit/audits.js';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';

/**
 * Scores with the network of the run directory, on this machine's CPU. The engine is loaded for each dispute and freed
 * again: a coordinator has none otherwise, and hardly ever needs one. Rejects where the network cannot be opened.
 */
export function refereeOf({ spec, modelDirectory }: RunDirectory): Referee {
  return async (genome, classIds) => {
    const [{ openRunClassifier }, { loadDrawer }, { createDrawnScorer }] = await Promise.all([
      import('../../worker/classifier/open.js'),
      import('../../protocol/drawing/load.js'),
      import('../../worker/drawn-scorer.js'),
    ]);
    const { engine, views } = spec;
    const options = { engine, device: 'cpu' } as const;
    const classifier = await openRunClassifier(modelDirectory, spec, options);
    try {
      const row = await createDrawnScorer({ drawer: loadDrawer(), classifier, views }).score([genome]);
      return classIds.map((classId) => row[classId] ?? Number.NaN);
    } finally {
      await classifier.close();
    }
  };
}
