import type { Context } from 'hono';
import type { RunState } from '../../protocol/base/states.js';
import type { Coordinator } from '../coordinator.js';
import { tokenOnly } from './auth.js';
import type { HttpEnv } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';
import type { ControlView, TrustView } from './views.js';

/** What may be done to a run. */
export const VERBS = ['pause', 'resume', 'stop'] as const;
export type Verb = (typeof VERBS)[number];

/** The states in which each makes sense. Asking twice does the same as asking once. */
const FITTING: Readonly<Record<Verb, readonly RunState[]>> = {
  pause: ['running', 'paused'],
  resume: ['running', 'paused'],
  stop: ['running', 'paused', 'ending'],
};

/** Routes that change the run; they need the token. */
export function controlRoutes(ports: {
  readonly run: string;
  readonly coordinator: Pick<Coordinator, 'end' | 'pause' | 'resume' | 'state' | 'trust'>;
  readonly token: string;
}): readonly Route[] {
  const { run, coordinator, token } = ports;
  const work = {
    pause: coordinator.pause,
    resume: coordinator.resume,
    stop: () => coordinator.end('requested'),
  } as const satisfies Record<Verb, () => void>;

  const handle = (verb: Verb) => (c: Context<HttpEnv>) => {
    if (!FITTING[verb].includes(coordinator.state)) {
      return problem({
        status: 409,
        code: 'ERR_RUN_OVER',
        problem: `The run ${run} is ${coordinator.state}, so it cannot ${verb}`,
        fix: 'Start the coordinator again to continue the run',
      });
    }
    work[verb]();
    return c.json({ run, state: coordinator.state } satisfies ControlView);
  };

  function trust(c: Context<HttpEnv>): Response {
    const asked = c.req.param('island') ?? '';
    const island = /^\d{1,9}$/.test(asked) ? Number(asked) : Number.NaN;
    if (coordinator.trust(island)) return c.json({ run, island, suspect: false } satisfies TrustView);
    return problem({
      status: 404,
      code: 'ERR_ISLAND',
      problem: `The run ${run} has no island ${quote(asked)}`,
      fix: 'Look its number up in /api/islands',
    });
  }

  const guard = tokenOnly(token);
  return [
    ...VERBS.map((verb) => ({
      method: 'POST' as const,
      path: `/api/${verb}`,
      guard,
      handle: handle(verb),
    })),
    { method: 'POST', path: '/api/islands/:island/trust', guard, handle: trust },
  ];
}
