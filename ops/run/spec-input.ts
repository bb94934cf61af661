import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { BadInputError, reasonOf } from '../../protocol/base/errors.js';
import { checkSpecInput, type RunSpecInput } from '../../protocol/spec/run-spec.js';

/** Any part of a run spec, as YAML or flags give it: nested records of values. */
type Part = { readonly [key: string]: unknown };

/**
 * A person's part of the spec, from a YAML file, `key.path=value` settings and flags; the later win.
 * Throws a {@link BadInputError} for a file that cannot be read and for unknown or impossible keys.
 */
export async function readSpecInput(sources: {
  readonly configFile?: string | undefined;
  readonly settings: readonly string[];
  readonly flags: Part;
}): Promise<RunSpecInput> {
  const parts = [
    sources.configFile === undefined ? {} : await readConfig(sources.configFile),
    ...sources.settings.map(parseSetting),
    sources.flags,
  ];
  return checkSpecInput(parts.reduce(merge, {}));
}

async function readConfig(path: string): Promise<Part> {
  let value: unknown;
  try {
    value = parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_CONFIG',
      problem: `The config file ${path} cannot be read as YAML (${reasonOf(cause)})`,
      fix: 'Check the path and the file',
      cause,
    });
  }
  // An empty file, or one of comments alone.
  if (value === null) return {};
  if (isPart(value)) return value;
  throw new BadInputError({
    code: 'ERR_CONFIG',
    problem: `The config file ${path} is ${Array.isArray(value) ? 'a list' : 'a single value'}, not a run spec`,
    fix: 'Write it as KEY: VALUE lines; ops/docs/spec.md lists all keys',
  });
}

/** `evolution.mutation.rate=0.2` as a nested part; the value is read as YAML. */
function parseSetting(setting: string): Part {
  const [, path = '', text = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
  const keys = path.split('.');
  if (keys.some((key) => !/^[A-Za-z]+$/.test(key))) throw badSetting(setting);
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw badSetting(setting, cause);
  }
  return keys.reduceRight((inner: unknown, key) => ({ [key]: inner }), value) as Part;
}

function badSetting(setting: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_SETTING',
    problem: `${JSON.stringify(setting)} is not a setting${cause === undefined ? '' : ` (${reasonOf(cause)})`}`,
    fix: 'Write it as KEY=VALUE, for example --set evolution.mutation.rate=0.2',
    cause,
  });
}

function merge(base: Part, over: Part): Part {
  // A map, for `__proto__` in a file must stay a key like others.
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const old = merged.get(key);
    if (isPart(old) && isPart(value)) merged.set(key, merge(old, value));
    else if (saysSomething(value)) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** A flag that is not given, or a group of flags of which none is, changes nothing. */
function saysSomething(value: unknown): boolean {
  return isPart(value) ? Object.keys(value).length > 0 : value !== undefined;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
