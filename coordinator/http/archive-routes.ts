import type { Context } from 'hono';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { eliteFacts } from '../export/elite-table.js';
import { cutLabel } from '../export/shown-label.js';
import type { StoreReader } from '../store/store.js';
import { answerImage } from './drawn-image.js';
import { ofElite } from './elite-of.js';
import type { Images } from './images.js';
import type { HttpEnv } from './limits.js';
import { badQuery, numberOf } from './query.js';
import type { Route } from './route.js';

/** Jumps of a class that are told with its elite: the latest. */
const HISTORY = 50;

/** What the archive holds, as it is stored. */
export function archiveRoutes(ports: {
  readonly committed: Archive;
  readonly store: Pick<StoreReader, 'genome' | 'history' | 'labels'>;
  readonly images: Images;
  /** What addresses begin with. */
  readonly base: string;
}): readonly Route[] {
  const { committed, store, images, base } = ports;

  function archive(c: Context<HttpEnv>): Response {
    const above = numberOf(c.req.query('above') ?? '0');
    if (above === undefined || above > 1) {
      return badQuery('above', 'a confidence 0 to 1', c.req.query('above'));
    }
    const elites = [...committed.elites()].filter(({ confidence }) => confidence >= above);
    return c.json({
      classes: committed.classes,
      filled: committed.filled,
      elites: elites.map(({ classId, confidence, candidate }) => ({
        classId,
        label: cutLabel(store.labels[classId] ?? ''),
        confidence,
        digest: candidate.digest,
        island: candidate.island,
        islandEvaluation: candidate.evaluation,
      })),
    });
  }

  function elite(c: Context<HttpEnv>, { classId, candidate }: Elite): Response {
    const history = store.history(classId, HISTORY);
    const jump = history.at(-1);
    const genome = store.genome(candidate.digest);
    if (jump === undefined || genome === undefined) {
      throw new Error(`class ${classId} has an elite that is not stored`);
    }
    return c.json({
      ...eliteFacts(jump, genome, store.labels),
      image: `${base}/api/elites/${classId}/image.png`,
      history: history.map(
        ({ digest, confidence, previousConfidence, goalSwitch, evaluation, cost, time }) => ({
          digest,
          confidence,
          previousConfidence: previousConfidence ?? null,
          goalSwitch,
          evaluation,
          cost,
          time: new Date(time).toISOString(),
        }),
      ),
    });
  }

  // To be asked about each time: the class may have a better one by then.
  const image = (c: Context<HttpEnv>, { candidate }: Elite) => answerImage(c, images, candidate, 'no-cache');

  return [
    { method: 'GET', path: '/api/archive', handle: archive },
    { method: 'GET', path: '/api/labels', handle: (c) => c.json({ labels: store.labels.map(cutLabel) }) },
    { method: 'GET', path: '/api/elites/:class', handle: ofElite(committed, elite) },
    { method: 'GET', path: '/api/elites/:class/image.png', handle: ofElite(committed, image) },
  ];
}
