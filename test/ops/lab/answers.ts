import { expect } from 'vitest';
import { callAtoll } from '../call.js';

/** What a command that is asked for JSON says last; it must have gone well. */
export async function good<T = Record<string, unknown>>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await callAtoll([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

/** The one line of a command that refuses its input. */
export async function refused(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await callAtoll(args);
  expect(code, stderr).toBe(2);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  return stderr;
}
