import { expect, it } from 'vitest';
import { candidatesFor, flagsOf } from '../../../worker/probe/candidates.js';

const INPUT = {
  layout: 'NCHW',
  width: 8,
  height: 8,
  channels: 'RGB',
  scale: [1, 1, 1],
  offset: [0, 0, 0],
} as const;
const GREY = { ...INPUT, channels: 'grey', scale: [1], offset: [0] } as const;

it('every preset is tried in both orders of the channels, or in the one that is said', () => {
  expect(candidatesFor(INPUT, undefined, undefined)).toHaveLength(10);
  const said = candidatesFor({ ...INPUT, channels: 'BGR' }, 'BGR', undefined);
  expect(said.map(({ preprocess, input }) => [preprocess, input.channels])).toEqual(
    ['unit', 'signed', 'imagenet', 'caffe', 'byte'].map((name) => [name, 'BGR']),
  );
});

it('a grey network is tried with the presets that need no colours', () => {
  expect(candidatesFor(GREY, undefined, undefined).map(({ preprocess }) => preprocess)).toEqual([
    'unit',
    'signed',
    'byte',
  ]);
});

it('what is known is marked where it is a preset, and is tried beside them where it is none', () => {
  const byte = candidatesFor(INPUT, undefined, INPUT);
  expect(
    byte.filter(({ isKnown }) => isKnown).map(({ preprocess, input }) => [preprocess, input.channels]),
  ).toEqual([['byte', 'RGB']]);
  const own = candidatesFor(INPUT, undefined, { ...INPUT, scale: [2, 2, 2] });
  expect(own).toHaveLength(11);
  expect(own.at(-1)).toMatchObject({ preprocess: 'known', isKnown: true, input: { scale: [2, 2, 2] } });
});

it('a candidate is said by the flags that differ from what a preset means', () => {
  const flags = candidatesFor(INPUT, undefined, undefined).map((each) => flagsOf(each, false));
  expect(flags.slice(0, 2)).toEqual(['--preprocess unit', '--preprocess unit --channels BGR']);
  expect(flags).toContain('--preprocess caffe');
  expect(flags).toContain('--preprocess caffe --channels RGB');
  const [grey] = candidatesFor(GREY, undefined, undefined).map((each) => flagsOf(each, true));
  expect(grey).toBe('--preprocess unit --layout NCHW');
});
