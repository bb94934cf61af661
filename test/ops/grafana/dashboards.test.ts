import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARDS, jsonOf } from '../../../ops/grafana/dashboards.js';
import { readDashboard } from '../../../ops/grafana/sketch/plain-dashboard.js';

/** The files of ops/grafana. What their queries find is tested in queries.test.ts. */

const ROOT = fileURLToPath(new URL('../../../ops/grafana', import.meta.url));
const PAGES = [...DASHBOARDS].map(([file, dashboard]) => [file, jsonOf(dashboard)] as const);

describe('the dashboards', () => {
  it('are written as the code has them (npm run generate:dashboards)', () => {
    expect(readdirSync(join(ROOT, 'json')).sort()).toEqual([...DASHBOARDS.keys()].sort());
    for (const [file, json] of PAGES) expect(readFileSync(join(ROOT, 'json', file), 'utf8'), file).toBe(json);
  });

  it.each(PAGES)('%s asks the server that is chosen at its top, and names no other', (_, json) => {
    const sources = [...json.matchAll(/"datasource": \{\s*"type": "(\w+)",\s*"uid": "([^"]+)"/g)];
    expect(sources.length).toBeGreaterThan(5);
    for (const [, type, uid] of sources) expect([type, uid]).toEqual(['prometheus', `\${datasource}`]);
    // The address of the gallery is a field that a person fills in.
    expect(json.match(/https?:\/\/[^"]*/g) ?? []).toEqual(
      json.includes('"gallery"') ? ['http://localhost:7464'] : [],
    );
  });

  it.each(PAGES)(
    '%s has panels that ask a question, or name a quantity, and say what good looks like',
    (_, json) => {
      const { panels } = readDashboard(json);
      const shown = panels.filter(({ type }) => type !== 'row');
      expect(shown.length).toBeGreaterThan(5);
      for (const { title, description, targets } of shown) {
        expect(title).toMatch(/^[A-Z].*[^.]$/);
        expect(description, title).toMatch(/[\w`)]\.$/);
        expect(targets?.length, title).toBeGreaterThan(0);
      }
      expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length);
    },
  );

  it.each(PAGES)('%s fills a grid of 24 columns without overlaps', (_, json) => {
    const taken = new Set<string>();
    for (const { title, gridPos } of readDashboard(json).panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), title).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
  });

  it('lead from a class to its page in the gallery', () => {
    const links = PAGES.flatMap(([, json]) => [...json.matchAll(/"url": "(\$\{gallery\}[^"]*)"/g)]);
    expect(links.length).toBeGreaterThan(0);
    // As ops/docs/gallery.md has it.
    for (const [, url] of links) expect(url).toBe(`\${gallery}/#/class/\${__field.labels.class_id}`);
  });

  it('have names of their own, and links to each other', () => {
    const dashboards = [...DASHBOARDS.values()];
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { tags, links } of dashboards) {
      expect(tags).toContain('atoll');
      expect(links?.[0]?.tags).toEqual(['atoll']);
    }
  });

  it('have panels with numbers of their own, as Grafana wants them', () => {
    for (const { panels = [] } of DASHBOARDS.values()) {
      const ids = panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Math.min(...ids.map(Number))).toBe(1);
    }
  });
});

describe('the provisioning', () => {
  const read = (file: string): unknown => parse(readFileSync(join(ROOT, 'provisioning', file), 'utf8'));

  it('has one source, whose address comes from the environment, and which nobody changes', () => {
    expect(read('datasources/prometheus.yml')).toMatchObject({
      apiVersion: 1,
      datasources: [{ type: 'prometheus', url: '$ATOLL_PROMETHEUS', editable: false, isDefault: true }],
    });
  });

  it('reads the dashboards from files', () => {
    expect(read('dashboards/atoll.yml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', options: { path: '/etc/atoll/dashboards' } }],
    });
  });
});
