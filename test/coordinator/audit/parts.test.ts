import { describe, expect, it } from 'vitest';
import { createOpenAudits } from '../../../coordinator/audit/open-audits.js';
import { createSampler } from '../../../coordinator/audit/sampler.js';
import { suspectsAfter } from '../../../coordinator/audit/suspects.js';
import { toleranceBetween } from '../../../coordinator/audit/tolerance.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { entryOf } from '../fixtures.js';

describe('the sample that is audited', () => {
  const none = new Float32Array(4);

  it('is the share that the spec names', () => {
    const sampler = createSampler({ rate: 0.02, elites: 0 }, randomFrom(1), () => 0);
    const entry = entryOf(1, [0], 0.5);
    const taken = Array.from({ length: 50_000 }, () => sampler.takes(entry, none)).filter(Boolean);
    expect(taken.length).toBeGreaterThan(900);
    expect(taken.length).toBeLessThan(1100);
  });

  it('holds every image that takes a cell from .99 on, up to so many a minute', () => {
    let now = 0;
    const sampler = createSampler({ rate: 0, elites: 3 }, randomFrom(1), () => now);
    const solved = entryOf(1, [2], 0.995);
    const takes = () => sampler.takes(solved, none);
    expect([takes(), takes(), takes(), takes()]).toEqual([true, true, true, false]);
    now += 20_000;
    expect([takes(), takes()]).toEqual([true, false]);
    now += 3_600_000;
    expect([takes(), takes(), takes(), takes()]).toEqual([true, true, true, false]);
  });

  it('leaves out images that do not take their cell, and images below .99', () => {
    const sampler = createSampler({ rate: 0, elites: 3 }, randomFrom(1), () => 0);
    expect(sampler.takes(entryOf(1, [2], 0.995), Float32Array.of(0, 0, 0.999, 0))).toBe(false);
    expect(sampler.takes(entryOf(1, [2], 0.98), none)).toBe(false);
    // A class that the run does not have.
    expect(sampler.takes(entryOf(1, [9], 0.995), none)).toBe(false);
  });
});

describe('open audits', () => {
  const question = (asked: number) => ({
    sender: 0,
    asked,
    genome: new Uint8Array(),
    classIds: [1, 2],
    claimed: [0.5, 0.25],
  });

  it('are closed once, by the island that was asked, with a number for each class', () => {
    const open = createOpenAudits(() => 0);
    const { number } = open.add(question(1));
    const answer = { island: 1, number, confidences: [0.5, 0.25] };
    expect(open.close({ ...answer, island: 2 })).toBeUndefined();
    expect(open.close({ ...answer, confidences: [0.5] })).toBeUndefined();
    expect(open.close(answer)).toMatchObject({ sender: 0, asked: 1 });
    expect(open.close(answer)).toBeUndefined();
  });

  it('are so many of each island at the most, and forgotten after a minute', () => {
    let now = 0;
    const open = createOpenAudits(() => now);
    while (open.hasRoom(1)) open.add(question(1));
    expect(open.hasRoom(2)).toBe(true);
    now = 60_000;
    expect(open.expire()).toBe(0);
    now = 60_001;
    expect(open.expire()).toBe(32);
    expect(open.hasRoom(1)).toBe(true);
  });
});

it('suspects are read from the log of the run', () => {
  const event = (kind: string, island: number) => ({ time: 0, kind, detail: { island } });
  const log = [event('island-suspect', 1), event('island-suspect', 2), event('island-trusted', 1)];
  expect(suspectsAfter([...log, event('island-live', 3)])).toEqual(new Set([2]));
});

it('CPUs have to agree more closely than GPUs', () => {
  expect(toleranceBetween('cpu', 'cpu')).toBeLessThanOrEqual(0.001);
  expect(toleranceBetween('cpu', 'cuda:0')).toBe(toleranceBetween('webgpu', 'cuda:1'));
  expect(toleranceBetween('cpu', 'cuda:0')).toBeLessThan(0.1);
});
