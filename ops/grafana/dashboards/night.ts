import { COORDINATOR, type Page, WORKER } from '../frame.js';
import { lines, stat } from '../panels.js';

/** The page that is open all night. */
export const NIGHT: Page = {
  uid: 'atoll-night',
  title: 'Atoll: is the night going well?',
  description: 'One run at a glance: how far it is, how fast it goes, and whether anything needs a person.',
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Which state is the run in?',
          description:
            'running is good; paused waits for someone; failed means that the store takes no more.',
          unit: 'none',
          width: 4,
          named: true,
          queries: [{ expr: `atoll_run_state{${COORDINATOR}} == 1`, legend: '{{state}}' }],
        }),
        stat({
          title: 'How many alerts fire?',
          description: '0 is good. Below is which.',
          unit: 'none',
          width: 4,
          steps: [
            [null, 'green'],
            [1, 'red'],
          ],
          queries: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: 'firing' }],
        }),
        stat({
          title: 'Share of classes filled',
          description:
            'Coverage. It reaches 100 % in the first minutes of a run with patterns (`cppn`, `dense`).',
          unit: 'percentunit',
          width: 4,
          steps: [
            [null, 'orange'],
            [0.9, 'green'],
          ],
          queries: [{ expr: `atoll_archive_coverage_ratio{${COORDINATOR}}`, legend: 'coverage' }],
        }),
        stat({
          title: 'Median confidence',
          description:
            'Of all classes, an empty cell counts 0. Above .99 the network is fooled for half of them.',
          unit: 'percentunit',
          decimals: 2,
          width: 4,
          steps: [
            [null, 'orange'],
            [0.99, 'green'],
          ],
          queries: [{ expr: `atoll_archive_median_confidence{${COORDINATOR}}`, legend: 'median' }],
        }),
        stat({
          title: 'Time left (s)',
          description:
            'Until the budget of evaluations is used, at the pace of the last two minutes. Empty for a run without such a budget.',
          unit: 's',
          width: 4,
          queries: [{ expr: `instance:atoll_evaluations_left:seconds{${COORDINATOR}}`, legend: 'left' }],
        }),
        stat({
          title: 'Time since the last jump (s)',
          description:
            'Since any class improved. Seconds early in a run, minutes later; an hour is an alert.',
          unit: 's',
          width: 4,
          steps: [
            [null, 'green'],
            [600, 'orange'],
            [3600, 'red'],
          ],
          queries: [
            {
              expr: `time() - atoll_last_jump_timestamp_seconds{${COORDINATOR}}`,
              legend: 'since the last jump',
            },
          ],
        }),
      ],
    },
    {
      title: 'What was found',
      panels: [
        lines({
          title: 'How certain is the network? (confidence)',
          description:
            'Median over all classes, and the share of them that have an image. Both rise and never fall.',
          unit: 'percentunit',
          max: 1,
          width: 12,
          queries: [
            { expr: `atoll_archive_median_confidence{${COORDINATOR}}`, legend: 'median confidence' },
            { expr: `atoll_archive_coverage_ratio{${COORDINATOR}}`, legend: 'coverage' },
          ],
        }),
        lines({
          title: 'Classes at or above each confidence',
          description: 'The lines climb one after the other; .9999 is reached last.',
          unit: 'none',
          width: 12,
          queries: [{ expr: `atoll_archive_classes_above{${COORDINATOR}}`, legend: '≥ {{threshold}}' }],
        }),
      ],
    },
    {
      title: 'Who works',
      panels: [
        lines({
          title: 'Evaluations a second',
          description: 'Of the run, and of each worker. Level is good; a step down is a worker that left.',
          unit: 'short',
          width: 12,
          queries: [
            { expr: `instance:atoll_evaluations:rate2m{${COORDINATOR}}`, legend: 'run' },
            {
              expr: `sum by (instance) (worker:atoll_worker_evaluations:rate2m{${WORKER}})`,
              legend: '{{instance}}',
            },
          ],
        }),
        lines({
          title: 'Islands by state',
          description: 'live should be as many as the run has room for; lost and failed should be 0.',
          unit: 'none',
          width: 12,
          queries: [
            { expr: `atoll_islands{${COORDINATOR}}`, legend: '{{state}}' },
            { expr: `atoll_run_islands{${COORDINATOR}}`, legend: 'room' },
          ],
        }),
        lines({
          title: 'Jumps and goal switches a second',
          description: 'Elites replaced. Many at first, ever fewer: that is the archive filling up.',
          unit: 'short',
          width: 12,
          queries: [
            { expr: `rate(atoll_jumps_total{${COORDINATOR}}[$__rate_interval])`, legend: 'jumps' },
            {
              expr: `rate(atoll_goal_switches_total{${COORDINATOR}}[$__rate_interval])`,
              legend: 'goal switches',
            },
          ],
        }),
        lines({
          title: 'Which alerts fire?',
          description: 'A line at 0 alone is good. ops/README.md has a section for each.',
          unit: 'none',
          width: 12,
          queries: [
            {
              expr: 'count by (alertname) (ALERTS{alertstate="firing"}) or label_replace(vector(0), "alertname", "none", "", "")',
              legend: '{{alertname}}',
            },
          ],
        }),
      ],
    },
  ],
};
