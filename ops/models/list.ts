import { CATALOGUE, type CatalogueEntry, SHIPPED_MODELS } from '../../worker/model/catalogue.js';
import { isPulled } from '../../worker/model/pull.js';
import { MEGABYTES } from '../cli/meter.js';
import { print, printJson, table } from '../cli/output.js';

/** What `atoll models` does. */
export async function listModels(json: boolean): Promise<void> {
  const rows = await Promise.all(
    CATALOGUE.map(async (entry) => ({
      name: entry.name,
      format: entry.format,
      megabytes: entry.download === undefined ? null : entry.download.size / MEGABYTES.size,
      digest: entry.digest,
      source: entry.source,
      state: await stateOf(entry),
    })),
  );
  const shipped = SHIPPED_MODELS.map(({ name, format }) => ({
    name,
    format,
    megabytes: null,
    state: 'shipped',
    source: 'Atoll',
  }));
  if (json) {
    printJson({ models: [...shipped, ...rows] });
    return;
  }
  print(
    table([
      ['name', 'MB', 'format', 'state', 'source'],
      ...[...shipped, ...rows].map(({ name, megabytes, format, state, source }) => [
        name,
        megabytes === null ? '' : megabytes.toFixed(1),
        format,
        state,
        source,
      ]),
    ]),
  );
}

async function stateOf(entry: CatalogueEntry): Promise<string> {
  if (entry.download === undefined) return 'known by its file';
  return (await isPulled(entry)) ? 'pulled' : 'to be pulled';
}
