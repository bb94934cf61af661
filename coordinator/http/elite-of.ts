import type { Context } from 'hono';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import type { HttpEnv } from './limits.js';
import { problem, quote } from './problem.js';

/** Answers with what `tell` makes of the elite of the class that is asked for, by its number in the path. */
export function ofElite(
  committed: Pick<Archive, 'classes' | 'elite'>,
  tell: (c: Context<HttpEnv>, elite: Elite) => Response | Promise<Response>,
) {
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
