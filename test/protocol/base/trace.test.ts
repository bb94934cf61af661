import { afterEach, expect, it } from 'vitest';
import { trace, traceInto } from '../../../protocol/base/trace.js';

afterEach(() => traceInto(undefined));

it('an error that is passed over is told to whoever turned the trace on, in one line, and to nobody else', () => {
  expect(trace('reading a file', new Error('gone'))).toBeUndefined();
  const told: string[] = [];
  traceInto((doing, reason) => told.push(`${doing}: ${reason}`));
  expect(trace('reading a file', new Error('gone\nat line 2'))).toBeUndefined();
  trace('reading a file', 'a word');
  traceInto(undefined);
  trace('reading a file', new Error('later'));
  expect(told).toEqual(['reading a file: gone', 'reading a file: a word']);
});
