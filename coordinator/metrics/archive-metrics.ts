import type { Registry } from 'prom-client';
import type { Archive } from '../../protocol/archive/archive.js';
import { type ArchiveSummary, summarise } from '../../protocol/archive/summary.js';
import { addFixedGauge, addGauge, one } from './readings.js';

/** Metrics of the archive: each class, there from the first scrape, and all of them together. */
export function addArchiveMetrics(
  registry: Registry,
  { archive, labels }: { readonly archive: Archive; readonly labels: readonly string[] },
): void {
  const summary = (): ArchiveSummary => summarise(archive.confidences, archive.filled);
  addFixedGauge(
    registry,
    {
      name: 'atoll_class_best_confidence',
      help: 'Best confidence of a class, 0 where its cell is empty.',
      labels: ['class_id'],
    },
    labels.map((_, classId) => [`${classId}`]),
    () => archive.confidences,
  );
  const always = new Uint8Array(labels.length).fill(1);
  addFixedGauge(
    registry,
    {
      name: 'atoll_class_info',
      help: 'Always 1: joins a class to its label.',
      labels: ['class_id', 'label'],
    },
    labels.map((label, classId) => [`${classId}`, label]),
    () => always,
  );
  addGauge(registry, { name: 'atoll_archive_coverage_ratio', help: 'Share of cells that are filled.' }, () =>
    one(summary().coverage),
  );
  addGauge(
    registry,
    {
      name: 'atoll_archive_median_confidence',
      help: 'Median best confidence over all classes; an empty cell counts 0.',
    },
    () => one(summary().median),
  );
  addGauge(
    registry,
    { name: 'atoll_archive_qd_score', help: 'Sum of the best confidences of all classes.' },
    () => one(summary().qdScore),
  );
  addGauge(
    registry,
    {
      name: 'atoll_archive_classes_above',
      help: 'Classes whose best confidence is at or above a threshold.',
      labels: ['threshold'],
    },
    () => Object.entries(summary().above).map(([threshold, count]) => [[threshold], count]),
  );
}
