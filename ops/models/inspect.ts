import { stringify } from 'yaml';
import { inspectModel } from '../../worker/model/inspect.js';
import { typeable } from '../cli/command-line.js';
import { modelFromFlags, type NetworkFlags } from '../cli/model-flags.js';
import { print, printJson } from '../cli/output.js';

export interface InspectFlags extends NetworkFlags {
  readonly json?: boolean;
}

/** What `atoll models inspect` does. */
export async function inspect(reference: string, flags: InspectFlags): Promise<void> {
  const inspection = await inspectModel(reference, modelFromFlags(flags));
  if (flags.json) printJson(inspection);
  else print(typeable(stringify(inspection).trimEnd()));
}
