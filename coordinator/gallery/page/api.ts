/** What the page asks of the server. Paths start with the run's base: '' or `/runs/0`. */

/** A request that was not answered as asked; its message is the server's two sentences. */
export class ApiError extends Error {
  /** HTTP's; 0: no answer at all. */
  readonly status: number;
  /** Seconds after which the server wants to be asked again; undefined: it does not say so. */
  readonly again: number | undefined;

  constructor(status: number, message: string, again?: number) {
    super(message);
    this.again = again;
    this.name = 'ApiError';
    this.status = status;
  }
}

const NO_ANSWER = 'The server does not answer. Look whether the coordinator is still running.';

export async function ask(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, NO_ANSWER);
  }
  if (response.ok) return response;
  const again = Number(response.headers.get('retry-after')) || undefined;
  throw new ApiError(response.status, await sentenceOf(response), again);
}

/** The shape is what the server of this page's own version answers with. */
export async function askJson<T>(path: string, init?: RequestInit): Promise<T> {
  return (await ask(path, init)).json() as Promise<T>;
}

export async function askBytes(path: string, init?: RequestInit): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await ask(path, init)).arrayBuffer());
}

/** What a refusal says, in whichever of the two shapes it comes. */
async function sentenceOf(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status}.`;
  try {
    const body = (await response.json()) as {
      readonly error?: { readonly message?: string };
      readonly detail?: string;
    };
    return body.error?.message ?? body.detail ?? fallback;
  } catch {
    // An answer without a body of ours, such as a proxy's: the status says what there is to say.
    return fallback;
  }
}

/** What went wrong, for people. */
export function sentenceFor(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
