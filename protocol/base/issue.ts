import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Values longer than this are named by what they are. */
const MAX_SHOWN = 60;

/**
 * The first thing that a schema finds wrong with `value`, as a sentence for a person, without its full stop:
 * "islands must be at least 1, but it is 0". `whole` is what the value as a whole is called: "the run spec".
 */
export function describeIssue({ issues }: z.ZodError, value: unknown, whole: string): string {
  const [issue] = issues;
  if (issue === undefined) return `${whole} is wrong`;
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => [...issue.path, key].join('.'));
    return `${keys.join(', ')} ${keys.length === 1 ? 'is not a key' : 'are not keys'} of ${whole}`;
  }
  const subject = issue.path.length === 0 ? whole : issue.path.join('.');
  const found = at(value, issue.path);
  const state = found === undefined || found === null ? 'missing' : show(found);
  return `${subject} must be ${wantedBy(issue)}, but it is ${state}`;
}

function wantedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NAMES[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'too_small':
      return limit(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return limit(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'invalid_union': {
      const wanted = issue.errors.map(([first]) =>
        first === undefined ? 'something else' : wantedBy(first),
      );
      return oneOf([...new Set(wanted)]);
    }
    default:
      // Written by us as `must be …`, or zod's own words.
      return issue.message.replace(/^must be /, '');
  }
}

const NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  object: 'keys with values',
  record: 'keys with values',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
};

function limit(origin: string, relation: string, bound: number | bigint): string {
  if (origin === 'string') return `text of ${relation} ${bound} characters`;
  if (origin === 'array') return `a list of ${relation} ${bound}`;
  return `${relation} ${bound}`;
}

/** `a, b or c` */
function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  if (text.length <= MAX_SHOWN) return text;
  return Array.isArray(value) ? `a list of ${value.length}` : `${text.slice(0, MAX_SHOWN)}…`;
}
