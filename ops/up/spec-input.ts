import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { BadInputError, messageOf } from '../../protocol/errors.js';
import { checkSpecInput, type RunSpecInput } from '../../protocol/run-spec.js';

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
      expected: `a YAML file at ${path}`,
      got: messageOf(cause),
      fix: 'give the path of a run spec',
      cause,
    });
  }
  return isPart(value) ? value : { [path]: value };
}

/** `evolution.mutation.rate=0.2` as a nested part; the value is read as YAML. */
function parseSetting(setting: string): Part {
  const [, path, text] = /^([A-Za-z.]+)=(.*)$/s.exec(setting) ?? [];
  if (path === undefined || text === undefined) {
    throw new BadInputError({
      code: 'ERR_SETTING',
      expected: 'a setting like evolution.mutation.rate=0.2',
      got: setting,
      fix: 'write it as KEY=VALUE',
    });
  }
  return path.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), parse(text)) as Part;
}

function merge(base: Part, over: Part): Part {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const old = merged[key];
    merged[key] = isPart(old) && isPart(value) ? merge(old, value) : value;
  }
  return merged;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
