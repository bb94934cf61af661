/** A dashboard read back from its file: what a renderer and the tests of its queries need of it. */

export interface PlainQuery {
  readonly expr: string;
  readonly legendFormat: string;
  /** As it is at the end of the time that is shown. */
  readonly instant?: boolean;
}

export interface PlainPanel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly PlainQuery[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly decimals?: number;
      readonly min?: number;
      readonly max?: number;
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
  };
  readonly options?: { readonly textMode?: string };
}

export interface PlainDashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PlainPanel[];
}

export const readDashboard = (json: string): PlainDashboard => JSON.parse(json) as PlainDashboard;

/** What a person has chosen at the top of a page, by name. */
export type Choices = Readonly<Record<string, string>>;

/**
 * A query as Grafana sends it: `$name` becomes what is chosen, `$__rate_interval` some seconds. Throws an Error for a
 * variable that nothing is chosen for.
 */
export function interpolate(expr: string, choices: Choices): string {
  return expr.replace(/\$(\w+)|\$\{(\w+)\}/g, (_, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? '';
    const value = choices[name];
    if (value === undefined) throw new Error(`expected a choice for $${name} in ${expr}`);
    return value;
  });
}
