import { z } from 'zod';
import { BadInputError, messageOf, UnreachableError } from '../../protocol/base/errors.js';
import type { Verb } from './control-routes.js';
import {
  type ControlView,
  controlViewSchema,
  type IslandsView,
  islandsViewSchema,
  type RunView,
  runViewSchema,
  type TrustView,
  trustViewSchema,
} from './views.js';

/** The client of a coordinator's HTTP. It checks every answer. */
export interface CoordinatorClient {
  run(): Promise<RunView>;
  islands(): Promise<IslandsView>;
  /** Changes the run, and says what its state is now. */
  control(verb: Verb): Promise<ControlView>;
  /** Takes what a suspect island sends again. */
  trust(island: number): Promise<TrustView>;
}

const TIMEOUT_MS = 5000;
/** Bytes of an answer; a thousand islands take a third of it. */
const MAX_ANSWER = 1 << 20;

const problemSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * Talks to the coordinator at `url`. Each call rejects with an {@link UnreachableError} when nobody answers, and with a
 * {@link BadInputError} when the answer is a refusal, or none of a coordinator.
 */
export function createCoordinatorClient(url: string, token?: string): CoordinatorClient {
  async function ask<T>(method: 'GET' | 'POST', path: string, schema: z.ZodType<T>): Promise<T> {
    const headers = method === 'POST' && token !== undefined ? { Authorization: `Bearer ${token}` } : {};
    let status: number;
    let text: string;
    try {
      const answer = await fetch(new URL(path, url), {
        method,
        headers,
        // The token is for this address alone.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      status = answer.status;
      text = await readText(answer);
    } catch (error) {
      throw unreachable(url, error);
    }
    const body = parse(text);
    if (status === 200) {
      const result = schema.safeParse(body);
      if (result.success) return result.data;
    }
    const problem = problemSchema.safeParse(body);
    if (problem.success) throw refused(status, problem.data.error);
    throw new BadInputError({
      code: 'ERR_NO_COORDINATOR',
      problem: `${url} answers (HTTP ${status}), but not as a coordinator of this version of Atoll does`,
      fix: 'Check the URL, and the version at both ends',
    });
  }

  return {
    run: () => ask('GET', '/api/run', runViewSchema),
    islands: () => ask('GET', '/api/islands', islandsViewSchema),
    trust: (island) => ask('POST', `/api/islands/${island}/trust`, trustViewSchema),
    control: (verb) => ask('POST', `/api/${verb}`, controlViewSchema),
  };
}

async function readText(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER) throw new Error(`an answer of more than ${MAX_ANSWER} bytes`);
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a coordinator's answer, as the caller says.
    return undefined;
  }
}

function refused(status: number, { code, message }: { code: string; message: string }): BadInputError {
  if (status === 401 || status === 400) {
    return new BadInputError({
      code: 'ERR_WRONG_TOKEN',
      problem:
        code === 'ERR_NO_TOKEN'
          ? 'The run can be changed only with its token'
          : 'The token is not that of this run',
      fix: 'Set ATOLL_TOKEN to the token of the run, or give it with --token-file FILE',
    });
  }
  return new BadInputError({
    code: 'ERR_REFUSED',
    problem: `The coordinator refused: ${message}`,
    fix: 'See `atoll status`',
  });
}

function unreachable(url: string, error: unknown): UnreachableError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const got =
    error instanceof Error && error.name === 'TimeoutError'
      ? `no answer in ${TIMEOUT_MS / 1000} s`
      : messageOf(cause) || 'no connection';
  return new UnreachableError(
    'ERR_COORDINATOR_UNREACHABLE',
    `No coordinator answers at ${url} (${got}). Check that it runs, and check the URL.`,
    error,
  );
}
