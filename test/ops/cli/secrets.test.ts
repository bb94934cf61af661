import { expect, it } from 'vitest';
import { withoutSecrets } from '../../../ops/cli/secrets.js';

it.each([
  ['http://user:hunter2@head.lab:7464/api', 'http://…@head.lab:7464/api'],
  ['nats://hunter2@a:1,tls://u:p@ss@b:2', 'nats://…@a:1,tls://…@b:2'],
  ['No NATS server answers at nats://u:hunter2@x yet', 'No NATS server answers at nats://…@x yet'],
])('the user, password or token of a URL is left out: %s', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown);
});

it.each([
  'watch it at http://127.0.0.1:7464',
  'https://host/package@1.0/file is no model',
  'worker a@b, // a comment @ home',
])('what is no secret stays: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});
