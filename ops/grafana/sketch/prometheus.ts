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

/** Asks for a query's values over a while. Rejects with an Error that says what Prometheus thinks of the query. */
export async function queryRange(url: string, query: string, { from, to, step }: Span): Promise<Series[]> {
  const parameters = new URLSearchParams({ query, start: `${from}`, end: `${to}`, step: `${step}` });
  const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: parameters });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: {
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly values: readonly (readonly [number, string])[];
      }[];
    };
  };
  if (answer.status !== 'success' || answer.data === undefined) throw new Error(`${query}: ${answer.error}`);
  return answer.data.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.flatMap(([time, text]) => {
      const value = Number(text);
      return Number.isNaN(value) ? [] : [[time, value] as const];
    }),
  }));
}
