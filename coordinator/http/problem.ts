import { type BadInput, BadInputError } from '../../protocol/base/errors.js';

/** What a request is refused with. */
export interface Problem extends BadInput {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 411 | 413 | 414 | 415 | 422 | 429 | 500 | 503;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a refusal's body holds: a stable code, and two sentences that say what is wrong and what to do. */
export interface ProblemBody {
  readonly error: { readonly code: string; readonly message: string };
}

export function problemBody(input: BadInput): ProblemBody {
  const { code, message } = new BadInputError(input);
  return { error: { code, message } };
}

export function problem(input: Problem): Response {
  const { status, headers } = input;
  return Response.json(problemBody(input), { status, ...(headers && { headers }) });
}

/** Part of a request, for a sentence about it: never long, never with line ends. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
