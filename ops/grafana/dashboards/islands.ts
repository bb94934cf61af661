import { COORDINATOR, type Page, WORKER } from '../frame.js';
import { lines, type Query, stat } from '../panels.js';

const ZERO_IS_GOOD = [
  [null, 'green'],
  [1, 'red'],
] as const;

/** Quantiles of a histogram, in seconds. */
const quantiles = (histogram: string, matcher: string, by: string, legend: string): Query[] =>
  [0.5, 0.95].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${by}, le) (rate(${histogram}_bucket{${matcher}}[$__rate_interval])))`,
    legend: `${legend} ${100 * quantile} %`,
  }));

/** Rate, errors and duration of each stage, per island where that says more. */
export const ISLANDS: Page = {
  uid: 'atoll-islands',
  title: 'Atoll: islands and migration',
  description: 'Each stage from drawing to storing: how often, how long, what went wrong.',
  rows: [
    {
      title: 'Errors',
      panels: [
        stat({
          title: 'Islands lost or failed',
          description: '0 is good. A lost island waits for a worker; a failed one does not come back.',
          unit: 'none',
          width: 6,
          steps: ZERO_IS_GOOD,
          queries: [
            { expr: `sum(atoll_islands{${COORDINATOR},state=~"lost|failed"})`, legend: 'lost or failed' },
          ],
        }),
        stat({
          title: 'Suspect islands',
          description: '0 is good. Nothing is taken from a suspect island until it is trusted.',
          unit: 'none',
          width: 6,
          steps: ZERO_IS_GOOD,
          queries: [{ expr: `atoll_suspect_islands{${COORDINATOR}}`, legend: 'suspect' }],
        }),
        stat({
          title: 'Messages rejected in the last hour',
          description: '0 is good.',
          unit: 'none',
          decimals: 0,
          width: 6,
          steps: ZERO_IS_GOOD,
          queries: [{ expr: `sum(increase(atoll_rejected_total{${COORDINATOR}}[1h]))`, legend: 'rejected' }],
        }),
        stat({
          title: 'Processes started again in the last hour',
          description: '0 is good; a few on machines that are short of memory.',
          unit: 'none',
          decimals: 0,
          width: 6,
          steps: ZERO_IS_GOOD,
          queries: [
            { expr: `sum(increase(atoll_worker_restarts_total{${WORKER}}[1h]))`, legend: 'restarts' },
          ],
        }),
      ],
    },
    {
      title: 'Evolving',
      panels: [
        lines({
          title: 'Evaluations a second, by worker',
          description: 'Workers on the same kind of machine should be alike.',
          unit: 'short',
          width: 12,
          queries: [{ expr: `worker:atoll_worker_evaluations:rate2m{${WORKER}}`, legend: '{{worker}}' }],
        }),
        lines({
          title: 'Which share of a step do drawing and the network take?',
          description:
            'Together close to 100 %. The network should have most; if drawing has, take a smaller image or larger batches.',
          unit: 'percentunit',
          max: 1,
          width: 12,
          queries: [
            { expr: `avg(worker:atoll_worker_render_seconds:share2m{${WORKER}})`, legend: 'drawing' },
            { expr: `avg(worker:atoll_worker_classify_seconds:share2m{${WORKER}})`, legend: 'network' },
          ],
        }),
        lines({
          title: 'Duration of a step, by worker (s)',
          description: 'Half of the steps, and 95 % of them, are shorter. Level is good.',
          unit: 's',
          width: 12,
          queries: quantiles('atoll_worker_step_seconds', WORKER, 'worker', '{{worker}}'),
        }),
        lines({
          title: 'Elites that wait to be stored, by worker',
          description: 'Near 0 is good. It grows, up to two a class, while the broker is away.',
          unit: 'none',
          width: 12,
          queries: [{ expr: `atoll_worker_outbox_elites{${WORKER}}`, legend: '{{worker}}' }],
        }),
      ],
    },
    {
      title: 'Emitters',
      panels: [
        lines({
          title: 'Which share of the forward passes has each emitter?',
          description:
            'Of the last two minutes. Of several the bandit gives most to the one that pays best, and tries the others now and then. One alone has all.',
          unit: 'percentunit',
          max: 1,
          width: 12,
          queries: [
            {
              expr: `instance:atoll_emitter_forward_passes:share2m{${COORDINATOR}}`,
              legend: '{{emitter}}',
            },
          ],
        }),
        lines({
          title: 'Improvement for each forward pass, by emitter (log-odds)',
          description:
            'Gain over all classes, up to a confidence of .99. High at first; near 0 for all is good once the classes are solved, and else says that the search is stuck.',
          unit: 'short',
          width: 12,
          queries: [
            {
              expr: `instance:atoll_emitter_improvement_per_forward_pass:ratio2m{${COORDINATOR}}`,
              legend: '{{emitter}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Migration and audits',
      panels: [
        lines({
          title: 'Migrants a second',
          description: 'Elites that came from other islands, and the cells that they won there.',
          unit: 'short',
          width: 12,
          queries: [
            { expr: `rate(atoll_migrants_total{${COORDINATOR}}[$__rate_interval])`, legend: '{{outcome}}' },
          ],
        }),
        lines({
          title: 'Audits a minute, by outcome',
          description:
            'held is good. differed makes an island suspect; unanswered comes of islands that left.',
          unit: 'short',
          width: 12,
          queries: [
            {
              expr: `60 * rate(atoll_audits_total{${COORDINATOR}}[$__rate_interval])`,
              legend: '{{outcome}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Merging and storing',
      panels: [
        lines({
          title: 'Merges a second, by what became of them',
          description: 'new at first, then improved; not-added means that the run had a better one already.',
          unit: 'short',
          width: 8,
          queries: [
            { expr: `rate(atoll_merges_total{${COORDINATOR}}[$__rate_interval])`, legend: '{{status}}' },
          ],
        }),
        lines({
          title: 'Duration of merges and commits (s)',
          description:
            'Merges take well below 1 ms, commits below 50 ms. Commits above 0.1 s: the disk is too slow.',
          unit: 's',
          width: 8,
          queries: [
            ...quantiles('atoll_merge_seconds', COORDINATOR, 'instance', 'merge'),
            ...quantiles('atoll_commit_seconds', COORDINATOR, 'instance', 'commit'),
          ],
        }),
        lines({
          title: 'Messages rejected a minute, by reason',
          description: 'All at 0 is good.',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: `60 * rate(atoll_rejected_total{${COORDINATOR}}[$__rate_interval])`,
              legend: '{{reason}}',
            },
          ],
        }),
      ],
    },
  ],
};
