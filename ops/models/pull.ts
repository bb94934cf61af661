import { BadInputError } from '../../protocol/base/errors.js';
import { knownByName, SHIPPED_MODELS } from '../../worker/model/catalogue.js';
import { pullModel } from '../../worker/model/pull.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, MEGABYTES } from '../cli/meter.js';
import { print, printJson } from '../cli/output.js';

export interface PullFlags {
  readonly dir: string;
  readonly baseUrl?: string;
  readonly json?: boolean;
}

/** What `atoll models pull` does. */
export async function pullByName(name: string, { dir, baseUrl, json }: PullFlags): Promise<void> {
  const entry = knownByName(name);
  if (entry === undefined) {
    throw new BadInputError({
      code: 'ERR_UNKNOWN_MODEL',
      ...(SHIPPED_MODELS.some((shipped) => shipped.name === name)
        ? { problem: `${name} ships with Atoll`, fix: 'Use it as it is' }
        : {
            problem: `Atoll knows no model ${JSON.stringify(name)}`,
            fix: 'Type `atoll models` for the names that it knows',
          }),
    });
  }
  const interruption = followInterruption();
  const meter = createMeter(() => performance.now(), MEGABYTES);
  try {
    const path = await pullModel(entry, dir, {
      ...(baseUrl !== undefined && { baseUrl }),
      signal: interruption.signal,
      onProgress: meter.update,
    });
    meter.done();
    if (json) printJson({ name: entry.name, path, digest: entry.digest });
    else print(path);
  } finally {
    interruption.release();
  }
}
