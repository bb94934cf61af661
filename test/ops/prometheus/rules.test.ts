import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findPrometheus, WITHOUT_PROMETHEUS } from '../../prometheus-binaries.js';

/** The files of ops/prometheus. What their queries find is tested in ../grafana/queries.test.ts. */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SHIPPED = join(ROOT, 'ops/prometheus');
const RULE_TESTS = ['minutes', 'hours'].map((name) => join(ROOT, `test/ops/prometheus/${name}.test.yml`));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));
const { groups } = read(join(SHIPPED, 'rules/alerts.yml')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const ALERTS = groups.flatMap(({ rules }) => rules);

const binaries = findPrometheus();
if (binaries === undefined) process.stderr.write(`${WITHOUT_PROMETHEUS}\n`);

function promtool(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(binaries?.promtool ?? '', words, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

describe.skipIf(binaries === undefined)('promtool', () => {
  it('accepts the configuration and the rules that it names', () => {
    const { status, said } = promtool('check', 'config', join(SHIPPED, 'prometheus.yml'));
    expect(status, said).toBe(0);
    expect(said).toContain('2 rule files found');
  });

  it('finds that each alert fires when it should and not when it should not, and what is recorded of emitters', () => {
    const { status, said } = promtool('test', 'rules', ...RULE_TESTS);
    expect(status, said).toBe(0);
  });
});

describe('each alert', () => {
  interface RuleTests {
    readonly tests: readonly {
      readonly promql_expr_test?: readonly {
        readonly expr: string;
        readonly exp_samples: readonly unknown[];
      }[];
    }[];
  }
  const expectations = RULE_TESTS.flatMap((path) => (read(path) as RuleTests).tests).flatMap(
    ({ promql_expr_test = [] }) => promql_expr_test,
  );

  it.each(ALERTS.map(({ alert }) => alert))(
    '%s has figures that fire it and figures that do not',
    (alert) => {
      const about = expectations.filter(({ expr }) => expr.includes(`alertname="${alert}"`));
      expect(about.map(({ exp_samples: samples }) => samples.length).sort()).toEqual(
        expect.arrayContaining([0, 1]),
      );
    },
  );

  it.each(ALERTS)(
    '$alert says what is wrong, how urgent it is, and leads to its section of the runbook',
    (rule) => {
      const { alert, labels, annotations } = rule;
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/^[^.]+[^.]$/);
      expect(annotations.description).toMatch(/\.$/);
      const [file = '', section = ''] = (annotations.runbook ?? '').split('#');
      expect(section).toBe(alert.toLowerCase());
      const headings = readFileSync(join(ROOT, file), 'utf8').match(/^### .*$/gm) ?? [];
      expect(headings).toContain(`### ${alert}`);
    },
  );

  it('is all that the runbook has a section for', () => {
    const headings = readFileSync(join(ROOT, 'ops/README.md'), 'utf8').match(/^### Atoll.*$/gm) ?? [];
    expect(headings.map((line) => line.slice(4)).sort()).toEqual(ALERTS.map(({ alert }) => alert).sort());
  });
});
