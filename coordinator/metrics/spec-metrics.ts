import type { Registry } from 'prom-client';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { Versions } from '../run/run-file.js';
import { addGauge, one } from './readings.js';

/** What runs, and what it is held to: rules compare the other figures with these. */
export function addSpecMetrics(
  registry: Registry,
  { spec, versions }: { readonly spec: RunSpec; readonly versions: Versions },
): void {
  const { budget } = spec;
  addGauge(
    registry,
    { name: 'atoll_build_info', help: 'Always 1: what runs.', labels: ['version', 'node', 'engine'] },
    () => [[[versions.atoll, versions.node, versions.engine], 1]],
  );
  addGauge(
    registry,
    { name: 'atoll_run_info', help: 'Always 1: the run.', labels: ['run', 'model', 'encoding', 'preset'] },
    () => [[[spec.name, spec.model, spec.encoding, spec.preset], 1]],
  );
  addGauge(registry, { name: 'atoll_run_islands', help: 'Islands that the run has room for.' }, () =>
    one(spec.islands),
  );
  addGauge(
    registry,
    { name: 'atoll_run_budget_evaluations', help: 'Evaluations after which the run ends; 0: no limit.' },
    () => one(budget.evaluations),
  );
  addGauge(
    registry,
    {
      name: 'atoll_run_budget_forward_passes',
      help: 'Forward passes after which the run ends; 0: no limit.',
    },
    () => one(budget.cost),
  );
  addGauge(
    registry,
    {
      name: 'atoll_run_budget_seconds',
      help: 'Seconds after which the run ends, from the start of this coordinator, pauses left out; 0: no limit.',
    },
    () => one(60 * budget.minutes),
  );
  addGauge(
    registry,
    { name: 'atoll_run_target_median', help: 'Median confidence at which the run ends; 0: none.' },
    () => one(budget.targetMedian),
  );
}
