import { expect, it } from 'vitest';
import { checkClock, checkDisk, checkNode, describeGpus } from '../../../ops/doctor/machine.js';

it('Node 20.9 and later will do', () => {
  for (const version of ['v20.9.0', 'v20.19.1', 'v22.0.0', 'v100.1.0']) {
    expect(checkNode(version).state, version).toBe('good');
  }
  for (const version of ['v18.20.0', 'v20.8.1', 'v8.0.0']) {
    expect(checkNode(version), version).toEqual({
      subject: 'Node',
      state: 'missing',
      said: `${version} is too old. Install Node 20.9 or later.`,
    });
  }
});

it('a disk without room is missing, one with little is worth a note', () => {
  expect([1e8, 1e9, 1e11, undefined].map((free) => checkDisk('/runs', free).state)).toEqual([
    'missing',
    'note',
    'good',
    'note',
  ]);
  expect(checkDisk('/runs', 1.26e9).said).toBe('1.3 GB free');
});

it('clocks may differ by what an answer takes, and by a little more', () => {
  const there = 1_700_000_000_000;
  expect(checkClock(there, there + 1400)).toMatchObject({
    state: 'good',
    said: 'agrees with that of the coordinator',
  });
  expect(checkClock(there, there - 4000).said).toBe('4 s behind that of the coordinator');
  expect(checkClock(there, there + 60_000)).toMatchObject({
    state: 'note',
    said: '60 s ahead of that of the coordinator. Logs will not match.',
  });
});

it('GPUs are numbered as devices are', () => {
  expect(describeGpus(undefined).state).toBe('note');
  expect(describeGpus('NVIDIA A100, 550.54, 40960 MiB\nNVIDIA A100, 550.54, 40960 MiB\n').said).toBe(
    '0: NVIDIA A100, 550.54, 40960 MiB; 1: NVIDIA A100, 550.54, 40960 MiB',
  );
});
