import { stringify } from 'yaml';
import type { RunFile } from '../../../coordinator/run/run-file.js';

/** The work that Atoll carries on. */
const PAPER = {
  type: 'conference-paper',
  title: 'Deep Neural Networks are Easily Fooled: High Confidence Predictions for Unrecognizable Images',
  authors: [
    { 'family-names': 'Nguyen', 'given-names': 'Anh' },
    { 'family-names': 'Yosinski', 'given-names': 'Jason' },
    { 'family-names': 'Clune', 'given-names': 'Jeff' },
  ],
  year: 2015,
  'collection-title': 'IEEE Conference on Computer Vision and Pattern Recognition',
};

/** A CITATION.cff (Citation File Format 1.2.0) for the data of a run. `authors`: names as people write them. */
export function citationOf(
  { spec, created, versions }: RunFile,
  archiveDigest: string,
  authors: readonly string[],
): string {
  const software = {
    type: 'software',
    title: 'Atoll',
    version: versions.atoll,
    authors: [{ name: 'The authors of Atoll' }],
  };
  return stringify({
    'cff-version': '1.2.0',
    message: 'If you use these images, please cite them as below.',
    type: 'dataset',
    title: `${spec.name}: images evolved for ${spec.model}`,
    authors:
      authors.length === 0 ? [{ name: 'The person who made this run' }] : authors.map((name) => ({ name })),
    'date-released': created.toISOString().slice(0, 10),
    version: archiveDigest.slice(0, 12),
    identifiers: [
      { type: 'other', value: `sha256:${archiveDigest}`, description: 'digest of the archive' },
      { type: 'other', value: `sha256:${spec.modelDigest}`, description: 'digest of the network' },
    ],
    references: [software, PAPER],
  });
}
