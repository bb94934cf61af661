import { expect, it } from 'vitest';
import { metadataOf } from '../../../worker/model/teachable-machine.js';

const of = (value: unknown) => metadataOf(JSON.stringify(value), 'my-model');

it('the metadata of an image model say its size and its pixels', () => {
  const metadata = {
    packageName: '@teachablemachine/image',
    modelName: 'tm-my-image-model',
    labels: ['a', 'b'],
    imageSize: 224,
  };
  expect(of(metadata)).toEqual({
    input: { preprocess: 'signed', width: 224, height: 224 },
    name: 'tm-my-image-model',
  });
  expect(of({ packageName: '@teachablemachine/image', grayscale: true })).toEqual({
    input: { preprocess: 'signed' },
    name: undefined,
  });
});

it('a pose model and a sound model are refused with what they are', () => {
  expect(() => of({ packageName: '@teachablemachine/pose', labels: ['a'] })).toThrow(
    'my-model is a Teachable Machine pose model: it takes key points of a body, not pictures. Give an image model.',
  );
  for (const audio of [
    { wordLabels: ['a', 'b'] },
    { tfjsSpeechCommandsVersion: '0.4.0' },
    { packageName: '@teachablemachine/audio' },
  ]) {
    expect(() => of(audio)).toThrow(
      'my-model is a Teachable Machine audio model: it takes sound, not pictures. Give an image model.',
    );
  }
});

it('metadata of something else say nothing', () => {
  for (const value of [{}, [], 3, { packageName: 'other', imageSize: 3 }, { imageSize: 'big' }])
    expect(of(value)).toBeUndefined();
  expect(metadataOf('{', 'x')).toBeUndefined();
});
