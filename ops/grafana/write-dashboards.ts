/** Writes ops/grafana/json: `npm run generate:dashboards`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS, jsonOf } from './dashboards.js';

const [, , folder = 'ops/grafana/json'] = process.argv;
for (const [name, dashboard] of DASHBOARDS) writeFileSync(join(folder, name), jsonOf(dashboard));
