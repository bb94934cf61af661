import { COORDINATOR, type Page, WORKER } from '../frame.js';
import { lines } from '../panels.js';

/** Utilisation, saturation and errors of what a run runs on. */
export const MACHINES: Page = {
  uid: 'atoll-machines',
  title: 'Atoll: machines and GPUs',
  description:
    'Utilisation, saturation and errors. The panels of GPUs are empty where no DCGM exporter runs.',
  rows: [
    {
      title: 'Processes',
      panels: [
        lines({
          title: 'Processor time of the coordinator (cores)',
          description: 'Below 0.7 is good: it has one thread, so one core is its limit.',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: `rate(process_cpu_seconds_total{${COORDINATOR}}[$__rate_interval])`,
              legend: 'coordinator',
            },
          ],
        }),
        lines({
          title: 'Memory of processes (bytes)',
          description: 'Level after the first minutes is good.',
          unit: 'bytes',
          width: 8,
          queries: [
            { expr: `process_resident_memory_bytes{${COORDINATOR}}`, legend: 'coordinator' },
            { expr: `atoll_worker_resident_memory_bytes{${WORKER}}`, legend: '{{worker}}' },
          ],
        }),
        lines({
          title: "Delay of the coordinator's event loop (s)",
          description: '99 % of the delays are shorter. Below 0.1 s is good; above 1 s it is overloaded.',
          unit: 's',
          width: 8,
          queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${COORDINATOR}}`, legend: '99 %' }],
        }),
      ],
    },
    {
      title: 'Disk of the store',
      panels: [
        lines({
          title: 'Size of the archive (bytes)',
          description: 'It grows with every jump, ever more slowly.',
          unit: 'bytes',
          width: 12,
          queries: [{ expr: `atoll_store_bytes{${COORDINATOR}}`, legend: 'archive.db' }],
        }),
        lines({
          title: 'Which share of the disk is free?',
          description: 'Above 10 % is good. At 0 the coordinator takes nothing more.',
          unit: 'percentunit',
          max: 1,
          width: 12,
          queries: [{ expr: `instance:atoll_store_disk_free:ratio{${COORDINATOR}}`, legend: 'free' }],
        }),
      ],
    },
    {
      title: 'GPUs',
      panels: [
        lines({
          title: 'Utilisation of each GPU',
          description: 'Above 80 % is good. Below 50 %: give more --islands on each device.',
          unit: 'percent',
          max: 100,
          width: 8,
          queries: [{ expr: 'DCGM_FI_DEV_GPU_UTIL', legend: '{{Hostname}} {{gpu}}' }],
        }),
        lines({
          title: 'Which share of each GPU’s memory is used?',
          description: 'Below 90 % is good: beyond, islands fail for want of memory.',
          unit: 'percentunit',
          max: 1,
          width: 8,
          queries: [
            {
              expr: 'DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)',
              legend: '{{Hostname}} {{gpu}}',
            },
          ],
        }),
        lines({
          title: 'Last error code of each GPU (XID)',
          description: '0 is good. ops/README.md, AtollGpuErrors, says what the codes mean.',
          unit: 'none',
          width: 8,
          queries: [{ expr: 'DCGM_FI_DEV_XID_ERRORS', legend: '{{Hostname}} {{gpu}}' }],
        }),
        lines({
          title: 'Temperature of each GPU (°C)',
          description: 'Below 80 °C is good for most cards.',
          unit: 'celsius',
          width: 12,
          queries: [{ expr: 'DCGM_FI_DEV_GPU_TEMP', legend: '{{Hostname}} {{gpu}}' }],
        }),
        lines({
          title: 'Power of each GPU (W)',
          description: 'Near the limit of the card means that it is well used.',
          unit: 'watt',
          width: 12,
          queries: [{ expr: 'DCGM_FI_DEV_POWER_USAGE', legend: '{{Hostname}} {{gpu}}' }],
        }),
      ],
    },
  ],
};
