import type { LabelTable } from '../../../worker/model/labels/label-table.js';
import { readLabelTable } from '../../../worker/model/labels.js';

/** The labels of a network with their other names (synsets, say), where the file that was given has them. */
export async function labelTableOf(labels: readonly string[], file: string | undefined): Promise<LabelTable> {
  const { aliases } = file === undefined ? { aliases: [] } : await readLabelTable(file);
  return { labels, aliases: aliases.length === labels.length ? aliases : [] };
}
