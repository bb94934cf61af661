import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { BROKER } from './dashboards/broker.js';
import { CLASSES } from './dashboards/classes.js';
import { ISLANDS } from './dashboards/islands.js';
import { MACHINES } from './dashboards/machines.js';
import { NIGHT } from './dashboards/night.js';
import { frame } from './frame.js';

/** All dashboards, by the names of their files in ops/grafana/json. */
export const DASHBOARDS: ReadonlyMap<string, Dashboard> = new Map(
  [NIGHT, CLASSES, ISLANDS, MACHINES, BROKER].map((page) => [`${page.uid}.json`, frame(page)]),
);

/** A dashboard as its file has it. */
export const jsonOf = (dashboard: Dashboard): string => `${JSON.stringify(dashboard, null, 2)}\n`;
