/** What a Prometheus found: a series with its labels and its points. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value; NaN is left out. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

export interface Span {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two points. */
  readonly step: number;
}

type Sample = readonly [time: number, text: string];

interface Found {
  readonly metric: Record<string, string>;
  readonly values?: readonly Sample[];
  readonly value?: Sample;
}

/** Asks for a query's values over a while. Rejects with an Error that says what Prometheus thinks of the query. */
export function queryRange(url: string, query: string, { from, to, step }: Span): Promise<Series[]> {
  return ask(`${url}/api/v1/query_range`, { query, start: `${from}`, end: `${to}`, step: `${step}` });
}

/** As {@link queryRange}, at one moment; the order of the series is the query's. */
export function queryAt(url: string, query: string, time: number): Promise<Series[]> {
  return ask(`${url}/api/v1/query`, { query, time: `${time}` });
}

async function ask(url: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: { readonly result: readonly Found[] };
  };
  if (answer.status !== 'success' || answer.data === undefined) {
    throw new Error(`${parameters.query}: ${answer.error}`);
  }
  return answer.data.result.map(({ metric, values, value }) => ({
    labels: metric,
    points: (values ?? (value ? [value] : [])).flatMap(([time, text]) => {
      const number = Number(text);
      return Number.isNaN(number) ? [] : [[time, number] as const];
    }),
  }));
}
