import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import { lockRun } from '../../coordinator/run/run-lock.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import { channelPair } from '../../protocol/transport/local/channel-pair.js';
import { createLocalHub } from '../../protocol/transport/local/hub.js';
import { createLocalIslandLink } from '../../protocol/transport/local/island-link.js';
import type { Ascent } from '../../worker/ascent/ascent.js';
import {
  type AscentProgress,
  type AscentResult,
  createAscentIsland,
} from '../../worker/ascent/ascent-island.js';
import type { Gradients } from '../../worker/ascent/gradients.js';
import { createPictureAscent } from '../../worker/ascent/picture-ascent.js';
import { MILESTONES } from '../../worker/ascent/settings.js';
import { startOf } from '../../worker/ascent/start.js';
import { createWeightAscent } from '../../worker/ascent/weight-ascent.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import type { IslandParts } from '../../worker/island/island.js';
import type { Planes } from '../../worker/pixels/planes.js';
import { work } from '../../worker/worker.js';
import { holdRun } from '../run/hold-run.js';
import { genomeOfPicture } from './led.js';
import type { Wanted } from './plan.js';

/**
 * Leads a genome to each class wanted, one after the other, and stores what the network believes most in the run, as
 * an island's elites are. `photo` is where ascents that start from a picture begin. Ends early, with everything stored,
 * when `signal` is aborted. Rejects when the network has no gradient.
 */
export async function ascendRun(parts: {
  readonly run: RunDirectory;
  readonly classifier: Classifier;
  /** The same, as one that has a gradient. */
  readonly network: Gradients;
  readonly wanted: readonly Wanted[];
  readonly photo?: Planes;
  readonly signal: AbortSignal;
  readonly note: (sentence: string) => void;
  readonly onStep: (progress: AscentProgress, ended: number) => void;
}): Promise<AscentResult[]> {
  const { run, classifier, signal, note, onStep } = parts;
  const lock = lockRun(run.path, { pid: process.pid, command: 'atoll ascend', since: new Date() });
  const results: AscentResult[] = [];
  try {
    const hub = createLocalHub();
    const [ours, theirs] = channelPair();
    hub.attach(ours);
    const model = { type: 'directory', path: run.modelDirectory } as const;
    await holdRun({ run, link: hub, model, http: undefined, note, events: false }, async (coordinator) => {
      const end = () => coordinator.end('requested');
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      await work({
        link: createLocalIslandLink(theirs),
        name: 'ascent',
        pid: process.pid,
        // The caller's: it closes it.
        openClassifier: async () => ({ ...classifier, close: async () => undefined }),
        openDrawer: loadDrawer,
        clock: () => performance.now() / 1000,
        found: (island) =>
          islandOf(parts, island, {
            onStep: (progress) => onStep(progress, results.length),
            onEnd(result) {
              results.push(result);
              if (results.length === parts.wanted.length) end();
            },
          }),
      });
      await coordinator.done;
      signal.removeEventListener('abort', end);
    });
    return results;
  } finally {
    lock.release();
  }
}

/** What the island tells of. */
type Told = Pick<Parameters<typeof createAscentIsland>[0], 'onStep' | 'onEnd'>;

function islandOf(
  { wanted, photo, network }: Parameters<typeof ascendRun>[0],
  { island, spec, random }: IslandParts,
  told: Told,
) {
  const drawer = loadDrawer();
  const { gradientCost } = spec.evolution;
  function* ascents(): Generator<Ascent> {
    for (const { classId, ...how } of wanted) {
      // Of each class its own: what one ascent draws does not depend on those before it.
      const stream = randomFrom(spec.seed, 'ascent', classId);
      const common = { classId, network, gradientCost, drawer, random: stream };
      if (how.led === 'weights') {
        const { mutation } = spec.evolution;
        yield createWeightAscent({ ...common, settings: how.settings, shape: shapeOf(spec), mutation });
      } else {
        const start = startOf(how.settings.start, network.input, stream, photo);
        const genomeOf = genomeOfPicture(spec.encoding);
        yield createPictureAscent({ ...common, settings: how.settings, start, genomeOf });
      }
    }
  }
  const { classes } = spec;
  return createAscentIsland({ island, classes, ascents: ascents(), milestones: MILESTONES, random, ...told });
}
