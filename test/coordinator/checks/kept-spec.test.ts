import { describe, expect, it } from 'vitest';
import { changedKeys, keysOf } from '../../../coordinator/checks/kept-spec.js';
import { specOf } from '../fixtures.js';

const run = { spec: specOf(3), created: new Date(0) };
const kept = keysOf(run);

describe('the spec that an archive keeps', () => {
  it('has every key of it, the inner ones by their path, and when the run was made', () => {
    expect(kept.get('seed')).toBe('1');
    expect(kept.get('encoding')).toBe('"cppn"');
    expect(kept.get('evolution.mutation.rate')).toBe('0.1');
    expect(kept.get('created')).toBe('"1970-01-01T00:00:00.000Z"');
    expect(changedKeys(kept, kept)).toEqual([]);
  });

  it('lets audits, the budget and the device change, and nothing else', () => {
    const changed = [...kept.keys()].filter((key) => {
      const found = new Map(kept).set(key, '"other"');
      return changedKeys(kept, found).length === 0;
    });
    expect(changed.sort()).toEqual([
      'audit.elites',
      'audit.rate',
      'audit.tolerance',
      'budget.cost',
      'budget.evaluations',
      'budget.minutes',
      'budget.targetMedian',
      'device',
    ]);
  });

  it('says nothing of keys that only one version of Atoll has', () => {
    expect(changedKeys(kept, new Map(kept).set('audit.rate', '0.02'))).toEqual([]);
    expect(changedKeys(new Map(kept).set('audit.rate', '0.02'), kept)).toEqual([]);
  });
});
