import type { Context } from 'hono';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { cutLabel } from '../export/shown-label.js';
import type { Network, Subject } from '../gallery/network.js';
import { ofElite } from './elite-of.js';
import { type HttpEnv, ownPagesOnly } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';

/** Of an uploaded picture. */
const PICTURE_BYTES = 8 << 20;
const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
/** Uploads that are in memory at the same time. */
const UPLOADS = 4;

/** What the run's network sees in an elite, and in a picture that a client sends. The picture is not stored. */
export function lookRoutes(ports: {
  readonly committed: Archive;
  readonly labels: readonly string[];
  /** Absent: there is none here. */
  readonly network?: Network;
}): readonly Route[] {
  const { committed, labels, network } = ports;
  let uploads = 0;

  async function answer(c: Context<HttpEnv>, subject: Subject): Promise<Response> {
    const verdict = (await network?.ask(subject)) ?? NO_NETWORK;
    switch (verdict.type) {
      case 'seen':
        return c.json({
          best: verdict.best.map(({ classId, confidence }) => ({
            classId,
            label: cutLabel(labels[classId] ?? ''),
            confidence,
          })),
        });
      case 'bad-picture':
        return problem({ status: 422, code: 'ERR_IMAGE', problem: verdict.problem, fix: verdict.fix });
      case 'busy':
        return busy();
      case 'absent':
        return problem({
          status: 503,
          code: 'ERR_NO_NETWORK',
          problem: verdict.problem,
          fix: 'Ask with `atoll classify` on a machine that has the network',
        });
    }
  }

  async function look(c: Context<HttpEnv>): Promise<Response> {
    const type = (c.req.header('content-type') ?? '').toLowerCase();
    if (!PICTURE_TYPES.includes(type)) {
      return problem({
        status: 415,
        code: 'ERR_IMAGE_TYPE',
        problem: `The body is of the type ${quote(type)}`,
        fix: `Send a picture with a Content-Type of ${PICTURE_TYPES.join(', ')}`,
      });
    }
    if (uploads >= UPLOADS) return busy();
    uploads++;
    try {
      return await answer(c, { type: 'picture', bytes: new Uint8Array(await c.req.arrayBuffer()) });
    } finally {
      uploads--;
    }
  }

  const opinion = (c: Context<HttpEnv>, { candidate }: Elite) =>
    answer(c, { type: 'genome', bytes: candidate.bytes });

  return [
    { method: 'GET', path: '/api/elites/:class/opinion', handle: ofElite(committed, opinion) },
    { method: 'POST', path: '/api/look', bodyBytes: PICTURE_BYTES, guard: ownPagesOnly, handle: look },
  ];
}

const NO_NETWORK = { type: 'absent', problem: 'This server cannot open the network of the run' } as const;

function busy(): Response {
  return problem({
    status: 503,
    code: 'ERR_BUSY_LOOKING',
    problem: 'The network is asked about other pictures',
    fix: 'Ask again in a few seconds',
    headers: { 'Retry-After': '3' },
  });
}
