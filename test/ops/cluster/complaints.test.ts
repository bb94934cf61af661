import { expect, it } from 'vitest';
import { createComplaints } from '../../../ops/cluster/complaints.js';

function setUp() {
  const said: string[] = [];
  return { said, complaints: createComplaints(), note: (text: string) => () => void said.push(text) };
}

it('a reason that all have is said once, as the result', () => {
  const { said, complaints, note } = setUp();
  for (const child of ['w-0', 'w-1', 'w-2']) {
    complaints.hear(child, 'no such device');
    const reason = complaints.reasonOf(child, 'exit code 2');
    complaints.giveUp(reason, note(`${child}: ${reason}`));
  }
  expect(said).toEqual([]);
  expect(complaints.check).toThrow(/^None of the 3 islands could work\. .* no such device\. Correct that/);
});

it.each(['before', 'after'])('a reason that comes %s others work is a note, once, and no error', (when) => {
  const { said, complaints, note } = setUp();
  if (when === 'after') complaints.worked();
  complaints.giveUp('no room', note('w-0: no room'));
  complaints.giveUp('no room', note('w-1: no room'));
  complaints.giveUp('exit code 1', note('w-2: exit code 1'));
  if (when === 'before') complaints.worked();
  complaints.worked();
  expect(said).toEqual(['w-0: no room', 'w-2: exit code 1']);
  complaints.check();
});

it('what a child said counts for its next end only', () => {
  const { complaints } = setUp();
  complaints.hear('w-0', 'the broker is away');
  expect(complaints.reasonOf('w-0', 'exit code 3')).toBe('the broker is away');
  expect(complaints.reasonOf('w-0', 'signal SIGKILL')).toBe('signal SIGKILL');
});
