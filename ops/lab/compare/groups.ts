import { nameOfViews } from '../../../protocol/spec/named-views.js';

/** A spec as rows: every key with its value as JSON. */
export type Keys = ReadonlyMap<string, string>;

/** What may differ between runs that are repetitions of one another: chance, when they end, and what they ran on. */
const REPEATED = /^(?:created|name|seed|budget\..*|audit\..*|device|engine|model)$/;

/**
 * Parts runs into groups of which all runs have the same spec but for their seeds. Gives for each run the label of its group:
 * the keys in which the groups differ, as `key value`, or `all runs` where there is one group.
 */
export function groupLabels(runs: readonly Keys[]): string[] {
  const names = [...new Set(runs.flatMap((keys) => [...keys.keys()]))].filter((key) => !REPEATED.test(key));
  const differing = names.filter((key) => new Set(runs.map((keys) => keys.get(key))).size > 1);
  const shown = withoutTwins(runs, differing);
  if (shown.length === 0) return runs.map(() => 'all runs');
  return runs.map((keys) => shown.map((key) => nameOf(key, keys.get(key))).join(', '));
}

/** Of keys that part the runs in the same way, the first: the encoding, and not all that follows from it. */
function withoutTwins(runs: readonly Keys[], keys: readonly string[]): string[] {
  const seen = new Set<string>();
  const order = [...keys].sort((a, b) => rank(a) - rank(b));
  return order.filter((key) => {
    const values = runs.map((run) => run.get(key));
    const parting = values.map((value) => values.indexOf(value)).join();
    return seen.size < seen.add(parting).size;
  });
}

const CONSTRAINTS = 'evolution.constraints.views';
const FIRST = ['encoding', 'preset', 'evolution.emitter', 'modelDigest', CONSTRAINTS, 'objective.also'];

function rank(key: string): number {
  const at = FIRST.indexOf(key);
  return at < 0 ? FIRST.length : at;
}

/** `key value`, as people say it. */
function nameOf(key: string, json: string | undefined): string {
  if (key === CONSTRAINTS) return `constraints ${nameOfViews(JSON.parse(json ?? '[]') as string[])}`;
  return `${lastPart(key)} ${plain(json)}`;
}

function lastPart(key: string): string {
  return key.split('.').at(-1) ?? key;
}

function plain(json: string | undefined): string {
  const text = (json ?? 'none')
    .replace(/^"(.*)"$/, '$1')
    .replace(/^\[(.*)\]$/, (_, list: string) => list.replaceAll('"', '').replaceAll(',', ', ') || 'none');
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 8) : text;
}
