import { expect, it } from 'vitest';
import { judgeDevices, type Trial } from '../../../ops/doctor/devices.js';

const works = (name: string): Trial => ({ name });
const fails = (name: string): Trial => ({ name, problem: 'no driver' });
const states = (trials: readonly Trial[], ...wanted: string[]) =>
  judgeDevices(trials, wanted).map(({ subject, state }) => `${subject}: ${state}`);

it('a worker starts on a GPU that one of two ways reaches, and the other is worth a note', () => {
  expect(states([works('cpu'), fails('cuda:0'), works('webgpu')], 'cuda:0', 'webgpu')).toEqual([
    'device cpu: good',
    'device cuda:0: note',
    'device webgpu: good',
  ]);
});

it('a worker that wants a GPU does not start where no way reaches it', () => {
  expect(states([works('cpu'), fails('cuda:0'), fails('webgpu')], 'cuda:0', 'webgpu')).toEqual([
    'device cpu: good',
    'device cuda:0: missing',
    'device webgpu: missing',
  ]);
  expect(states([works('cpu'), fails('cuda:0'), works('webgpu')], 'cuda:0')).toContain(
    'device cuda:0: missing',
  );
});

it('a worker without a GPU needs the CPU', () => {
  expect(states([works('cpu')])).toEqual(['device cpu: good']);
  expect(states([fails('cpu')])).toEqual(['device cpu: missing']);
});
