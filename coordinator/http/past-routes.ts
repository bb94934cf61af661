import type { Context } from 'hono';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { cutLabel } from '../export/shown-label.js';
import type { RunCurve } from '../gallery/run-curve.js';
import { createTurns } from '../gallery/turns.js';
import type { StoreReader } from '../store/store.js';
import { ofElite } from './elite-of.js';
import type { HttpEnv } from './limits.js';
import { problem } from './problem.js';
import type { Route } from './route.js';

/** The most jumps of a class, and the most ancestors, in an answer. */
const MOST = 1000;
/** Answers that may wait for their turn: of a long run, each takes a tenth of a second. */
const WAITING = 32;

/** How a run came to what it holds. */
export function pastRoutes(ports: {
  readonly committed: Archive;
  readonly store: Pick<StoreReader, 'labels' | 'lineOf' | 'pastOf'>;
  readonly curve: RunCurve;
}): readonly Route[] {
  const { committed, store, curve } = ports;

  const turns = createTurns(() => performance.now(), WAITING);

  async function history(c: Context<HttpEnv>, { classId }: Elite): Promise<Response> {
    const past = await turns.take(() => store.pastOf(classId, MOST));
    if (past === undefined) return busy();
    const { kept, omitted } = past;
    return c.json({
      jumps: kept.map((jump) => ({
        digest: jump.digest,
        confidence: jump.confidence,
        previousConfidence: jump.previousConfidence ?? null,
        goalSwitch: jump.goalSwitch,
        evaluation: jump.evaluation,
        cost: jump.cost,
        island: jump.island,
        time: new Date(jump.time).toISOString(),
        kept: jump.kept,
      })),
      omitted,
    });
  }

  async function lineage(c: Context<HttpEnv>, { classId }: Elite): Promise<Response> {
    const line = await turns.take(() => store.lineOf(classId, MOST));
    if (line === undefined) return busy();
    const { kept, omitted } = line;
    return c.json({
      ancestors: kept.map((member) => ({
        digest: member.digest,
        classId: member.classId,
        label: cutLabel(store.labels[member.classId] ?? ''),
        confidence: member.confidence ?? null,
        evaluation: member.evaluation,
        island: member.island,
        kept: member.kept,
      })),
      omitted,
    });
  }

  return [
    { method: 'GET', path: '/api/curve', handle: async (c) => c.json({ points: await curve.points() }) },
    { method: 'GET', path: '/api/elites/:class/history', handle: ofElite(committed, history) },
    { method: 'GET', path: '/api/elites/:class/lineage', handle: ofElite(committed, lineage) },
  ];
}

function busy(): Response {
  return problem({
    status: 503,
    code: 'ERR_BUSY_READING',
    problem: 'Too many requests for the past of the run arrive at the same time',
    fix: 'Ask again in a few seconds',
    headers: { 'Retry-After': '3' },
  });
}
