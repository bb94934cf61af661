import type { Context } from 'hono';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { eliteFacts } from '../export/elite-table.js';
import { cutLabel } from '../export/shown-label.js';
import type { StoreReader } from '../store/store.js';
import type { Images } from './images.js';
import type { HttpEnv } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';

/** Jumps of a class that are told with its elite: the latest. */
const HISTORY = 50;

/** Side of an image in pixels. */
const MAX_SIZE = 1024;
const DEFAULT_SIZE = 256;

/** What the archive holds, as it is stored. */
export function archiveRoutes(ports: {
  readonly committed: Archive;
  readonly store: Pick<StoreReader, 'genome' | 'history' | 'labels'>;
  readonly images: Images;
}): readonly Route[] {
  const { committed, store, images } = ports;

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

  /** Answers with what `tell` makes of the elite of the class that is asked for. */
  function ofElite(tell: (c: Context<HttpEnv>, elite: Elite) => Response | Promise<Response>) {
    return (c: Context<HttpEnv>): Response | Promise<Response> => {
      const asked = c.req.param('class') ?? '';
      const classId = /^\d{1,9}$/.test(asked) ? Number(asked) : committed.classes;
      if (classId >= committed.classes) {
        return problem({
          status: 404,
          code: 'ERR_CLASS',
          problem: `${quote(asked)} is not a class of this run, which has 0 to ${committed.classes - 1}`,
          fix: 'Look the class up in /api/archive',
        });
      }
      const elite = committed.elite(classId);
      if (elite !== undefined) return tell(c, elite);
      return problem({
        status: 404,
        code: 'ERR_EMPTY_CELL',
        problem: `Class ${classId} has no elite yet`,
        fix: 'Ask again later',
      });
    };
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
      image: `/api/elites/${classId}/image.png`,
      history: history.map(({ digest, confidence, previousConfidence, goalSwitch, evaluation, time }) => ({
        digest,
        confidence,
        previousConfidence: previousConfidence ?? null,
        goalSwitch,
        evaluation,
        time: new Date(time).toISOString(),
      })),
    });
  }

  async function image(c: Context<HttpEnv>, drawn: Elite): Promise<Response> {
    const size = numberOf(c.req.query('size') ?? `${DEFAULT_SIZE}`);
    if (size === undefined || !Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
      return badQuery('size', `a whole number of pixels 1 to ${MAX_SIZE}`, c.req.query('size'));
    }
    const etag = `"${drawn.candidate.digest}-${size}"`;
    // To be asked about each time: the class may have a better one by then.
    const headers = { ETag: etag, 'Cache-Control': 'no-cache' };
    const known = (c.req.header('if-none-match') ?? '').split(',').map((each) => each.trim());
    if (known.includes(etag)) return c.body(null, 304, headers);
    const png = await images.draw(drawn.candidate, size);
    if (png !== undefined) return c.body(png, 200, { ...headers, 'Content-Type': 'image/png' });
    return problem({
      status: 503,
      code: 'ERR_BUSY_DRAWING',
      problem: 'Too many images are asked for at the same time',
      fix: 'Ask again in a second',
      headers: { 'Retry-After': '1' },
    });
  }

  return [
    { method: 'GET', path: '/api/archive', handle: archive },
    { method: 'GET', path: '/api/elites/:class', handle: ofElite(elite) },
    { method: 'GET', path: '/api/elites/:class/image.png', handle: ofElite(image) },
  ];
}

/** A plain decimal number from 0; undefined for anything else. */
function numberOf(text: string): number | undefined {
  return /^\d{1,9}(\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}

function badQuery(name: string, wanted: string, given: string | undefined): Response {
  return problem({
    status: 400,
    code: 'ERR_QUERY',
    problem: `${name} must be ${wanted}, but it is ${quote(given ?? '')}`,
    fix: 'Correct it, or leave it out',
  });
}
